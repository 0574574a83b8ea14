"""Why OMS said no, in the customer's words: what happened, what it means for the money, what to do.

A code we do not know gives a true general sentence; OMS's own message is for staff and never shown.
"""

_REASONS = {
    "insufficientFunds": "Your balance at our payment partner was too low for this. Nothing left your wallet.",
    "insufficient_funds": "Your balance at our payment partner was too low for this. Nothing left your wallet.",
    "quoteExpired": "The price ran out before our payment partner took it. Nothing left your wallet.",
    "limitExceeded": "This is above a limit of our payment partner. Nothing was charged. Try a smaller amount.",
    "amountTooSmall": "This amount is too small to cover its fees. Nothing was charged. Try a larger amount.",
    "amountTooLow": "This amount is too small to cover its fees. Nothing was charged. Try a larger amount.",
    "amountTooLarge": "This amount is larger than our payment partner takes at once. Nothing was charged.",
    "amountBelowMinimum": "This is less cash than a store takes. Nothing was charged. Try a larger amount.",
    "amountAboveMaximum": "This is more cash than this store takes at a time. Nothing was charged. Try less.",
    "dailyLimitExceeded": "This is more cash than is possible in 24 hours. Nothing was charged. Try less, or later.",
    "weeklyLimitExceeded": "This is more cash than is possible in 7 days. Nothing was charged. Try less, or later.",
    "monthlyLimitExceeded": "This is more cash than is possible in 30 days. Nothing was charged. Try less, or later.",
    "storeUnavailable": "This store cannot take cash right now. Nothing was charged. Choose another store.",
    "customerInactive": "Your account at our payment partner is not active. Your money is safe. Please write to us.",
    "destinationRefused": "Our payment partner cannot send to this address. Nothing left your wallet.",
    "accountNotVerified": "Our payment partner has not accepted this bank account. Nothing left your wallet.",
    "bankRejected": "The bank did not take the payment. Check the account, or ask your bank.",
}

_GENERAL = "It did not go through at our payment partner, and nothing was charged."


def in_plain_words(code: str, status: int = 0) -> str:
    """A sentence for the customer."""
    if status == 403 and code not in _REASONS:
        return "Our payment partner does not allow this for your account right now. Please write to us."
    return _REASONS.get(code, _GENERAL)
