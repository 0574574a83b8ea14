"""The page between a form and what it does, for everything that wants a proof and has no review page of its own.

    if page := step_up(request, "data_export", "Download everything we keep about you", {"As": "CSV and PDF"}):
        return page

in the part of a view that acts. The page shows what will happen and sends the same form again with the proof.
"""

from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from walletapp.accounts import stepping_up
from walletapp.accounts.stepping_up import Intent
from walletapp.refusals import Refusal

_OF_THE_PROOF = frozenset({"csrfmiddlewaretoken", "token", "code", "credential", "password"})


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
    digest = stepping_up.digest_of([purpose, title, list(shown.items()), request.path, fields])
    intent = Intent(purpose, stepping_up.occasion_of(request.POST.get("token", "")), digest)
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
    context = {
        "title": title,
        "facts": [{"label": label, "value": value} for label, value in shown.items()],
        "fields": fields,
        "step_up": stepping_up.question(request, intent),
        "refusal": None if stepping_up.is_at_field(refusal) else refusal,
        "wrong": refusal,
    }
    return render(request, "accounts/step_up.html", context, status=422 if refusal else 200)
