"""The pages of one's own data: taking it with one, who looked at it, closing the account."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from walletapp.accounts.access import signed_in
from walletapp.accounts.models import Customer, User
from walletapp.accounts.step_up_page import step_up
from walletapp.privacy import closing, exporting
from walletapp.privacy.forms import EVERYTHING, FILES, MOVEMENTS, ClosingForm, ExportForm
from walletapp.privacy.statement_pdf import statement_pdf
from walletapp.privacy.statements import movements, statement_of
from walletapp.privacy.visits import visits_to
from walletapp.refusals import Refusal
from walletapp.wallet import holding


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def your_data(request: HttpRequest) -> HttpResponseBase:
    """What one can take along. The answer to the form is the file itself."""
    user = _user(request)
    form = ExportForm(request.POST if request.method == "POST" else None, since=user.date_joined)
    if request.method == "POST" and form.is_valid():
        shown = {"File": FILES[form.cleaned_data["what"]], "Time": form.period().title}
        if page := step_up(request, "data_export", "Download your data", shown, is_file=True):
            return page
        try:
            return _file(user, form)
        except Refusal as no:
            form.add_error(None, str(no))
    context = {"form": form, "has_wallet": holding.wallet_to_use(user)}
    return render(request, "privacy/your_data.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/visits.html", {"visits": visits_to(_user(request))})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    form = ClosingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if page := step_up(request, "closing", "Close your account for good", {"Account": user.email}):
            return page
        try:
            closing.close(user.pk)
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            logout(request)
            messages.success(request, "Your account is closed. We have written to you what we keep, and until when.")
            return redirect("web:landing")
    context = {
        "form": form,
        "obstacles": closing.obstacles(user),
        "years": settings.ERASE_AFTER_DAYS // 365,
        "days": settings.ERASE_AFTER_DAYS,
    }
    return render(request, "privacy/close.html", context, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    """The person, on a page that only signed-in people see."""
    assert isinstance(request.user, User)
    return request.user


def _file(user: User, form: ExportForm) -> HttpResponseBase:
    """The file that was asked for, under a name of ours."""
    what, period = form.cleaned_data["what"], form.period()
    wallet = holding.wallet_to_use(user)
    if what == EVERYTHING:
        exporting.record_export(user, what)
        return _attached(exporting.everything(user), "your-data.json", "application/json")
    if what == MOVEMENTS:
        exporting.record_export(user, what)
        return _attached(movements(user, period), f"movements-{period.name}.csv", "text/csv; charset=utf-8")
    if wallet is None:
        raise Refusal("You have no wallet yet, so there is nothing to state. The other files have what we hold.")
    customer = Customer.of(user)
    paper = statement_pdf(
        statement_of(wallet, period), name=customer.name if customer else user.email, address=wallet.address
    )
    exporting.record_export(user, what)
    return _attached([paper], f"statement-{period.name}.pdf", "application/pdf")


def _attached(parts: Iterable[str | bytes], name: str, content_type: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)
