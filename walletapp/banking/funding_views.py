"""The pages of adding money by bank: one's own account number, the same as a text to keep, and what is missing."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from walletapp.banking import missing, opening
from walletapp.banking.access import FUNDING, early_access
from walletapp.banking.details import as_text, lines_of
from walletapp.banking.forms import MissingForm
from walletapp.banking.models import MissingDeposit
from walletapp.refusals import Refusal
from walletapp.wallet.models import Movement
from walletapp.wallet.rows import row_of
from walletapp.wallet.states import MovementKind


@early_access(*FUNDING)
@require_http_methods(["GET", "HEAD", "POST"])
def add_money(request: HttpRequest) -> HttpResponse:
    """The person's own account number, or the button that asks for one."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            opening.ask_for_account(request.user)  # type: ignore[arg-type]
        except Refusal as no:
            refusal = no
        else:
            return redirect("banking:add_money")
    context = {**_account(request), "refusal": refusal}
    return render(request, "banking/add_money.html", context, status=409 if refusal else 200)


@early_access(*FUNDING)
@require_safe
def add_money_live(request: HttpRequest) -> HttpResponse:
    """The account and what came to it; 204 while it is as the page has it."""
    context = _account(request)
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "banking/add_money.html#account", context)


def _account(request: HttpRequest) -> dict[str, Any]:
    account = opening.account_of(request.user)
    is_open = account is not None and account.is_open
    coming = Movement.objects.for_user(request.user).filter(kind=MovementKind.BANK_IN)[:5]
    shown = [account.state if account else "none", *(f"{movement.pk.hex[:8]}{movement.word}" for movement in coming)]
    return {
        "account": account,
        "lines": lines_of(account) if account and is_open else [],
        "text": as_text(account) if account and is_open else "",
        "rows": [row_of(movement) for movement in coming],
        "version": "-".join(shown),
    }


@early_access(*FUNDING)
@require_safe
def details(request: HttpRequest) -> HttpResponse:
    """The details as a text file, to keep or to pass on to whoever sends one's pay."""
    account = opening.account_of(request.user)
    if account is None or not account.is_open:
        raise Http404
    response = HttpResponse(as_text(account), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="account-details.txt"'
    return response


@early_access(*FUNDING, also_stopped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report_missing(request: HttpRequest) -> HttpResponse:
    """ "I sent money and cannot see it"."""
    form = MissingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            missing.report(request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "Thank you. We look for it and write to you, mostly within one business day.")
            return redirect("banking:missing")
    reports = MissingDeposit.objects.filter(user=request.user.pk)[:20]
    status = 422 if form.errors else 200
    return render(request, "banking/missing.html", {"form": form, "reports": reports}, status=status)
