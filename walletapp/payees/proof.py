"""Proving again, before whom one pays or how much one may send is changed, that it is the person who signed in.

The one place that says how. What is changed is told in the e-mail about it, so the proof is not bound to its details.
"""

from django.http import HttpRequest

from walletapp.accounts.reauthentication import prove, recently_proved
from walletapp.refusals import Refusal


class ProofWanted(Refusal):
    """Who asks has not been proved lately. Nothing was changed."""

    code = "proof_wanted"


def require_proof(request: HttpRequest) -> None:
    """Wanted once in a while, not each time. Raises ProofWanted, WrongPassword or TooManyAttempts, nothing changed."""
    if recently_proved(request):
        return
    if not (password := request.POST.get("password", "")):
        raise ProofWanted("Enter your password, so that we know it is you. Nothing was changed.", field="password")
    prove(request, password)


def wants_proof(request: HttpRequest) -> bool:
    """Whether the form has to ask for it (templates/payees/_proof.html)."""
    return not recently_proved(request)
