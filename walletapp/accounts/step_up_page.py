"""The page between a form and what it does, for everything that wants a proof and has no review page of its own.

    if page := step_up(request, "data_export", "Download everything we keep about you", {"As": "CSV and PDF"}):
        return page

in the part of a view that acts. The page shows what will happen and sends the same form again with the proof. Where
more is asked of the person than may stand in a page meanwhile (a password, a new passkey), the proof comes first:

    if page := step_up_first(request, change):
        return page

in front of the form, and `use_proof(request, change)` in the part that acts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from walletapp.accounts import reauthentication, stepping_up
from walletapp.accounts.proofs import Proof
from walletapp.accounts.stepping_up import NEW_FACTOR, Intent
from walletapp.refusals import Refusal

_OF_THE_PROOF = frozenset({"csrfmiddlewaretoken", "token", "code", "credential", "password"})
_PROVED = "proved_first"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants, as its page shows it. `purpose` is its name in settings.STEP_UP."""

    purpose: str
    title: str
    shown: Mapping[str, str]


def step_up(request: HttpRequest, purpose: str, title: str, shown: Mapping[str, str]) -> HttpResponse | None:
    """None when the person proves in this very request that they mean exactly this, or when settings.STEP_UP asks for
    no proof of it; else the page that asks. Nothing else of the form may change meanwhile, or it is asked anew.

    A view must act at most once for one None: the same request sent again is asked again. The names of the form's
    fields may not be those of the proof: token, code, credential, password.
    """
    if not settings.STEP_UP[purpose]:
        return None
    fields = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    fields = [(name, value) for name, value in fields if name not in _OF_THE_PROOF]
    change = Change(purpose, title, shown)
    return _asked(request, change, _digest(change, request.path, fields), fields, cancel=request.path)


def step_up_first(request: HttpRequest, change: Change, *, cancel: str) -> HttpResponse | None:
    """None while this session has a proof of exactly this change which was not used and is minutes old at most; else
    the page that asks, or back to where it was asked once the proof is there. `cancel` is where those go who do not
    want it.

    Whoever acts must ask use_proof() just before. A form that came without a proof is not kept: it is filled in anew.
    """
    if may_go_on(request, change):
        return redirect(request.path) if "token" in request.POST else None
    if page := _asked(request, change, _digest(change), cancel=cancel):
        return page
    request.session[_PROVED] = stepping_up.nonce_of(request.POST.get("token", ""))
    return redirect(request.path)


def may_go_on(request: HttpRequest, change: Change) -> bool:
    """Whether there is such a proof, or none is wanted. Takes nothing."""
    return _is_unasked(request, change) or _proof_of(request, change).exists()


def use_proof(request: HttpRequest, change: Change) -> bool:
    """True for one call for each proof; where none is wanted, for each call."""
    return stepping_up.use(_proof_of(request, change)) or _is_unasked(request, change)


def _is_unasked(request: HttpRequest, change: Change) -> bool:
    """Also who has no second factor and chose or typed the password a moment ago: how else would they get one."""
    is_first = change.purpose == NEW_FACTOR and reauthentication.is_newcomer(request.user)
    return not settings.STEP_UP[change.purpose] or is_first or stepping_up.needs_no_question(request)


def _proof_of(request: HttpRequest, change: Change) -> QuerySet[Proof]:
    nonce = request.session.get(_PROVED, "")
    return stepping_up.unused(request.user, change.purpose, _digest(change), nonce)


def _digest(change: Change, *more: object) -> str:
    return stepping_up.digest_of([change.purpose, change.title, list(change.shown.items()), *more])


def _asked(
    request: HttpRequest, change: Change, digest: str, fields: Sequence[tuple[str, str]] = (), *, cancel: str
) -> HttpResponse | None:
    """The page that asks; None when this request answers it."""
    subject = stepping_up.occasion_of(request.POST.get("token", ""))
    intent = Intent(change.purpose, subject, digest)
    refusal: Refusal | None = None
    try:
        stepping_up.prove(request, intent, request.POST)
    except stepping_up.StepUpRequired:
        pass
    except stepping_up.TriesUsedUp as no:
        intent, refusal = replace(intent, subject=stepping_up.occasion_of("")), no
    except Refusal as no:
        refusal = no
    else:
        return None
    context: dict[str, Any] = {
        "title": change.title,
        "facts": [{"label": label, "value": value} for label, value in change.shown.items()],
        "fields": fields,
        "step_up": stepping_up.question(request, intent),
        "refusal": None if stepping_up.is_at_field(refusal) else refusal,
        "wrong": refusal,
        "cancel": cancel,
    }
    return render(request, "accounts/step_up.html", context, status=422 if refusal else 200)
