"""Why somebody of the staff does something: in their own words, long enough to say something to whoever reads them."""

from walletapp.refusals import Refusal

SHORTEST_REASON = 15  # characters


class NoReason(Refusal):
    """Nothing was done."""

    code = "no_reason"


def require_reason(words: str) -> str:
    """The words as they are kept. Raises NoReason."""
    if len(words.strip()) < SHORTEST_REASON:
        raise NoReason(f"Write why in at least {SHORTEST_REASON} characters.", field="words")
    return words.strip()[:300]
