"""The pages of the address book."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from walletapp.accounts.access import verified
from walletapp.accounts.step_up_page import step_up
from walletapp.payees import book as journey
from walletapp.payees import only_saved as wish
from walletapp.payees.acquaintances import LookAlike
from walletapp.payees.forms import NicknameForm, PayeeForm
from walletapp.payees.models import Payee
from walletapp.refusals import Refusal


@verified
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    context = {"payees": Payee.objects.for_user(request.user), "only_saved": wish.standing(request.user)}
    return render(request, "payees/book.html", context)


@verified
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = PayeeForm(request.POST if request.method == "POST" else None)
    found: dict[str, Any] = {}
    if form.is_valid():
        to, nickname = form.cleaned_data["to"], form.cleaned_data["nickname"]
        try:
            journey.require_savable(request.user, to, nickname)
            if page := step_up(request, "payee", "Save to your address book", {"Name": nickname, "Whom": to}):
                return page
            payee = journey.save(request.user, to, nickname)
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
            found = {"look_alike": no} if isinstance(no, LookAlike) else {}
        else:
            messages.success(request, f"{payee.nickname} is in your address book.")
            return redirect("payees:book")
    return render(request, "payees/add.html", {"form": form, **found}, status=422 if form.errors else 200)


@verified
@require_http_methods(["GET", "HEAD", "POST"])
def payee(request: HttpRequest, payee_id: UUID) -> HttpResponse:
    """One entry: its name, and taking it out. Two buttons of one form, because both want the same proof."""
    found = get_object_or_404(Payee.objects.for_user(request.user), pk=payee_id)
    is_removing = request.POST.get("do") == "remove"
    form = NicknameForm(request.POST if request.method == "POST" else None, initial={"nickname": found.nickname})
    if request.method == "POST" and (is_removing or form.is_valid()):
        title = "Remove from your address book" if is_removing else "Rename in your address book"
        new_name = {} if is_removing else {"New name": form.cleaned_data["nickname"]}
        if page := step_up(request, "payee", title, {"Entry": found.nickname, "Whom": found.named_by, **new_name}):
            return page
        try:
            if is_removing:
                journey.remove(request.user, found.pk)
            else:
                journey.rename(request.user, found.pk, form.cleaned_data["nickname"])
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            messages.success(request, f"{found.nickname} is out of your address book." if is_removing else "Saved.")
            return redirect("payees:book")
    context = {"payee": found, "form": form}
    context["only_saved"] = wish.standing(request.user)
    return render(request, "payees/payee.html", context, status=422 if form.errors else 200)


@verified
@require_http_methods(["GET", "HEAD", "POST"])
def only_saved(request: HttpRequest) -> HttpResponse:
    """Switching it on is at once and wants no proof: it only ever protects. Switching it off waits."""
    if request.method == "POST":
        is_on = request.POST.get("do") == "on"
        shown = {"From": f"in {settings.ONLY_SAVED_OFF_HOURS} hours", "Then": "You can send to any address"}
        if not is_on and (page := step_up(request, "payee", "Send to others than saved addresses again", shown)):
            return page
        if is_on:
            wish.turn_on(request.user)
        else:
            wish.turn_off(request.user)
        return redirect("payees:only_saved")
    context = {
        "standing": wish.standing(request.user),
        "waiting": [payee for payee in Payee.objects.for_user(request.user) if payee.is_new],
        "new_payee_hours": settings.NEW_PAYEE_HOURS,
        "off_hours": settings.ONLY_SAVED_OFF_HOURS,
        "off_label": f"Switch it off in {settings.ONLY_SAVED_OFF_HOURS} hours",
    }
    return render(request, "payees/only_saved.html", context)
