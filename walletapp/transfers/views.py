"""The pages of a send, and the review and status pages that every transfer shares."""

from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from walletapp.accounts import stepping_up
from walletapp.accounts.access import signed_in, verified
from walletapp.accounts.session_limits import kept_draft
from walletapp.audit.noting import note
from walletapp.later import ring
from walletapp.refusals import Refusal
from walletapp.transfers import again, asking, confirming, presenting, sending
from walletapp.transfers.forms import ConfirmForm, SendForm
from walletapp.transfers.models import Transfer
from walletapp.transfers.quoting import price
from walletapp.transfers.states import State
from walletapp.transfers.tasks import push

CHECK_EVERY_SECONDS = 10


@verified
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """To whom and how much. Answers a good form with its review page."""
    to = presenting.chosen_payee(request.user, request.GET.get("payee", ""))
    earlier = again.send(request.user, request.GET.get("again", ""))
    form = SendForm(request.POST or None, initial={"to": to, **earlier, **kept_draft(request)})
    refusal: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            draft = sending.start(request.user, **form.terms)
        except Refusal as no:
            refusal = no
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            return redirect("transfers:review", draft.pk)
    context = {"form": form, "refusal": refusal, **presenting.before_sending(request.user)}
    return render(request, "transfers/send.html", context)


@verified
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Everything that will happen, read-only, and the one button that makes it happen."""
    draft = _own(request, transfer_id)
    if draft.state != State.QUOTED:
        return redirect("transfers:transfer", draft.pk)
    if request.method == "GET":
        return _review(request, draft)
    try:
        _confirm(request, draft)
    except confirming.QuoteExpired as no:
        return _review(request, draft, _renewed(draft) or no)
    except stepping_up.TriesUsedUp:
        confirming.give_up(draft.pk, user_id=_user_id(request))
    except confirming.ReviewChanged as no:
        note("steps.out_of_order", actor=request.user, page="transfers:review")
        return _review(request, draft, no)
    except Refusal as no:
        return _review(request, draft, no)
    return redirect("transfers:transfer", draft.pk)


def _confirm(request: HttpRequest, draft: Transfer) -> None:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise confirming.ReviewChanged("This page was not complete. Nothing was sent. Please look again and confirm.")
    digest = form.cleaned_data["digest"]
    confirming.require_open(draft)
    quote = draft.quotes.order_by("number").last()
    # Anything but a good price for what was shown is refused in a moment; that costs nobody a try.
    is_current = quote is not None and not quote.is_expired and digest == confirming.review_digest(draft, quote)
    if quote and is_current and asking.reason_to_ask(draft, quote) and not confirming.is_authorized(draft, digest):
        method = stepping_up.prove(request, asking.intent_of(draft, digest), request.POST)
        confirming.authorize(draft, digest, method)
    confirming.confirm(draft.pk, user_id=_user_id(request), digest=digest)


def _review(request: HttpRequest, draft: Transfer, refusal: Refusal | None = None) -> HttpResponse:
    context = presenting.review(draft) | {"refusal": refusal}
    if context["why_asked"] and not confirming.is_authorized(draft, context["digest"]):
        context["step_up"] = stepping_up.question(request, asking.intent_of(draft, context["digest"]))
        if context["step_up"] and not context["is_expired"] and stepping_up.is_at_field(refusal):
            context |= {"refusal": None, "wrong": refusal}
    return render(request, "transfers/review.html", context, status=422 if refusal else 200)


@verified
@require_POST
def new_price(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Ask for a new quote; the review page then shows it beside the old one. Nothing is confirmed by this."""
    draft = _own(request, transfer_id)
    if draft.state == State.QUOTED:
        newest = draft.quotes.order_by("number").last()
        if (newest is None or newest.is_expired) and (no := _renewed(draft)):
            return _review(request, draft, no)
    return redirect("transfers:review", draft.pk)


def _renewed(draft: Transfer) -> Refusal | None:
    """Ask for a new price. None when there is one, else why there is none."""
    try:
        price(draft)
    except Refusal as no:
        return no
    return None


@signed_in
@require_GET
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """How one transfer stands."""
    found = _own(request, transfer_id)
    if found.state == State.QUOTED:
        return redirect("transfers:review", found.pk)
    return render(request, "transfers/transfer.html", presenting.status(found))


@signed_in
@require_GET
def status(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """The part of the page that keeps itself up to date. 204 when it says what the page says already."""
    context = presenting.status(_own(request, transfer_id))
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "transfers/transfer.html#status", context | {"is_part": True})


@signed_in
@require_POST
def check(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """ "Check now": have a worker ask OMS at once, at most every few seconds."""
    found = _own(request, transfer_id)
    if found.is_at_oms and _may_check(found):
        Transfer.objects.filter(pk=found.pk, due_at__isnull=False).update(due_at=timezone.now())
        ring(push, found.pk)
    return redirect("transfers:transfer", found.pk)


def _may_check(found: Transfer) -> bool:
    try:
        return bool(cache.add(f"check:{found.pk}", 1, CHECK_EVERY_SECONDS))
    except Exception:  # noqa: BLE001 - the cache is away: the page still shows what is known
        return False


@signed_in
@require_POST
def cancel(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Take a transfer back, while nothing can have reached OMS."""
    found = _own(request, transfer_id)
    context: dict[str, Any] = {}
    try:
        found = confirming.cancel(found.pk, user_id=_user_id(request))
    except Refusal as no:
        context = {"refusal": no}
    if context:
        return render(request, "transfers/transfer.html", presenting.status(found) | context, status=409)
    return redirect("transfers:transfer", found.pk)


def _user_id(request: HttpRequest) -> int:
    """Of the signed-in person: `verified` lets nobody else in."""
    return int(request.user.pk or 0)


def _own(request: HttpRequest, transfer_id: UUID) -> Transfer:
    mine = Transfer.objects.filter(user_id=_user_id(request))
    return get_object_or_404(
        mine.select_related("wallet", "user__customer", "to_wallet__user", "quote"), pk=transfer_id
    )
