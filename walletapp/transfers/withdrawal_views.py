"""The page a withdrawal begins on. Review and status are shared with everything else that moves (views.py)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from walletapp.accounts.session_limits import kept_draft
from walletapp.banking.access import PAYOUTS, early_access
from walletapp.refusals import Refusal
from walletapp.transfers import again, withdrawal_page, withdrawing
from walletapp.transfers.withdrawal_forms import WithdrawForm


@early_access(*PAYOUTS)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """To which account, by which rail and how much, with every limit in sight. Answers with the review page."""
    shown = withdrawal_page.before_withdrawing(request.user)
    initial = {**again.withdrawal(request.user, request.GET.get("again", "")), **kept_draft(request)}
    form = WithdrawForm(request.POST or None, initial=initial, accounts=shown["accounts"], choices=shown["choices"])
    if request.method == "POST" and form.is_valid():
        try:
            draft = withdrawing.start(request.user, **form.asked)
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            return redirect("transfers:review", draft.pk)
    context: dict[str, Any] = shown | {"form": form}
    return render(request, "transfers/bank/withdraw.html", context, status=422 if form.errors else 200)
