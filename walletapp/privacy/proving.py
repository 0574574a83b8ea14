"""Proving again who one is before one's data leaves, or is erased. The one place to exchange for another proof."""

from django.http import HttpRequest

from walletapp.accounts.reauthentication import prove, recently_proved


def is_fresh(request: HttpRequest) -> bool:
    """Whether a page need not ask."""
    return recently_proved(request)


def require_fresh_proof(request: HttpRequest) -> None:
    """Take the proof that came with the form, or the one of a moment ago. Raises a Refusal, and nothing has changed."""
    if not recently_proved(request):
        prove(request, request.POST.get("password", ""))
