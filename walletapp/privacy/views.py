"""The pages of one's own data: taking it with one, who looked at it, closing the account."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from walletapp.accounts.access import signed_in
from walletapp.accounts.models import Customer, User
from walletapp.accounts.step_up_page import step_up
from walletapp.privacy import closing, exporting
from walletapp.privacy.forms import EVERYTHING, FILES, MOVEMENTS, STATEMENT, ClosingForm, ExportForm
from walletapp.privacy.statement_pdf import statement_pdf
from walletapp.privacy.statements import movements, statement_of
from walletapp.privacy.visits import visits_to
from walletapp.refusals import Refusal
from walletapp.wallet import holding

GOOD_FOR = timedelta(minutes=1)  # how long after the proof its file can be taken
_READY = "file_proved_for"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def your_data(request: HttpRequest) -> HttpResponseBase:
    """What one can take along. The form leads to a page that says so and starts the download."""
    user = _user(request)
    form = ExportForm(request.POST if request.method == "POST" else None, since=user.date_joined)
    if request.method == "POST" and form.is_valid() and _may_be_stated(user, form):
        if page := step_up(request, "data_export", "Download your data", _shown(form)):
            return page
        asked = {name: form.cleaned_data[name] for name in ("what", "month")}
        request.session[_READY] = {**asked, "until": (timezone.now() + GOOD_FOR).timestamp(), "is_new": True}
        return redirect("privacy:done")
    return render(request, "privacy/your_data.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Says that the file was downloaded, and starts that when it is opened first."""
    ready = _ready(request)
    if ready is None:
        return redirect("privacy:your_data")
    request.session[_READY] = {**ready, "is_new": False}
    context = {"shown": _shown(_form_of(request, ready)), "starts": ready["is_new"]}
    return render(request, "privacy/done.html", context)


@signed_in
@require_GET
def file(request: HttpRequest) -> HttpResponseBase:
    """The file that was proved for a moment ago: this one, in this session, for a minute."""
    ready = _ready(request)
    if ready is None:
        messages.info(request, "That file was ready for a minute, and it has passed. Please ask for it again.")
        return redirect("privacy:your_data")
    return _file(_user(request), _form_of(request, ready))


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


def _ready(request: HttpRequest) -> dict[str, Any] | None:
    """What the person proved for lately, and has not been too slow to take."""
    ready: dict[str, Any] | None = request.session.get(_READY)
    return ready if ready and ready["until"] > timezone.now().timestamp() else None


def _form_of(request: HttpRequest, ready: dict[str, Any]) -> ExportForm:
    form = ExportForm(ready, since=_user(request).date_joined)
    if not form.is_valid():  # it was, a minute ago
        raise BadRequest("that file is not offered")
    return form


def _shown(form: ExportForm) -> dict[str, str]:
    return {"File": FILES[form.cleaned_data["what"]], "Time": form.period().title}


def _may_be_stated(user: User, form: ExportForm) -> bool:
    """Asked before the proof, which would be spent for nothing."""
    if form.cleaned_data["what"] == STATEMENT and holding.wallet_to_use(user) is None:
        form.add_error(None, "You have no wallet yet, so there is nothing to state. The other files have what we hold.")
    return not form.errors


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
        raise BadRequest("there is no wallet to state")
    customer = Customer.of(user)
    paper = statement_pdf(
        statement_of(wallet, period), name=customer.name if customer else user.email, address=wallet.address
    )
    exporting.record_export(user, what)
    return _attached([paper], f"statement-{period.name}.pdf", "application/pdf")


def _attached(parts: Iterable[str | bytes], name: str, content_type: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(parts, content_type=content_type, headers=headers)
