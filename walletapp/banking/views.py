"""The page about bank transfers: what they are for, whether they are open for this person, and the list to be on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from walletapp import features
from walletapp.accounts.access import signed_in
from walletapp.banking import interest as journey
from walletapp.banking.forms import InterestForm
from walletapp.banking.models import InterestEntry
from walletapp.refusals import Refusal


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def interest(request: HttpRequest) -> HttpResponse:
    entry = InterestEntry.objects.standing().filter(user=request.user.pk).first()
    form = InterestForm(request.POST or None, initial=_answers(entry))
    if request.method == "POST" and form.is_valid():
        try:
            journey.register(request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, "Saved. You are on the list for bank transfers.")
            return redirect("banking:interest")
    return render(request, "banking/interest.html", {"form": form, "entry": entry, **_access(request)})


def _access(request: HttpRequest) -> dict[str, object]:
    """What of bank transfers this person has, and what they may still wait for."""
    ours = [one for one in features.standings(request.user).values() if one.rail.flag]
    return {
        "has_access": any(one.concerns for one in ours),
        "has_open": any(one.is_open for one in ours),
        "stopped": [one.rail for one in ours if one.concerns and one.is_stopped],
        "waits": [one.rail for one in ours if not one.concerns],
    }


@signed_in
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    if journey.withdraw(request.user):  # type: ignore[arg-type]
        messages.success(request, "You are off the list. We will not write to you about bank transfers.")
    return redirect("banking:interest")


def _answers(entry: InterestEntry | None) -> dict[str, object]:
    if entry is None:
        return {}
    return {
        "use_case": entry.use_case,
        "monthly_volume": entry.monthly_volume,
        "state": entry.state,
        "consents": True,
    }
