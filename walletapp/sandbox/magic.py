"""Values that make the sandbox misbehave in one named way, for people without the rules API at hand.

The one table of them for readers is in docs/sandbox.md; a test holds the two together.
"""

LAST_NAMES = {
    "reject": "the review ends in REJECTED",
    "moreinfo": "the review ends in ISSUES on residentialAddress until the address is sent again",
    "slow": "the review stays PENDING until a person decides it",
}

# The fixed amount of a send or payout quote, as typed.
SEND_AMOUNTS = {
    "13.13": "accepted, then fails; the money comes back",
    "14.14": "accepted, then stays processing until a person settles it",
    "15.15": "refused at execution with 422 complianceHold",
    "16.16": "the quote's own arithmetic is wrong by one micro-USDC",
    "17.17": "accepted and executed, but the connection is cut instead of answering",
    "18.18": "accepted and executed, but answered 500 (the same key then gives the true answer)",
    "19.19": "answered 503 at execution every time, without executing",
}

# The last four digits of the bank account a payout goes to.
ACCOUNTS = {
    "0001": "the account stays pending until a person decides in the control room",
    "0002": "a payout completes, then comes back with R02: account closed",
    "0003": "a payout completes, then comes back with R03: no such account",
    "0009": "a payout is accepted, then fails: the bank does not take it",
}

# The fixed amount of a cash-in quote or the indicated amount of a cash-in.
CASH_AMOUNTS = {
    "33.33": "the counter refuses the code",
    "44.44": "the customer hands over 5.00 less than said (when the cash is paid by itself)",
    "55.55": "the cash is taken, then the conversion fails",
}
