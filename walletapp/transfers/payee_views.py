"""Saving whom one has just paid to the address book."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from walletapp.accounts.access import verified
from walletapp.accounts.step_up_page import step_up
from walletapp.payees import book
from walletapp.payees.forms import NicknameForm
from walletapp.refusals import Refusal
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind


@verified
@require_http_methods(["GET", "HEAD", "POST"])
def save_recipient(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """Whom a send went to, by the name this person gives it."""
    sends = Transfer.objects.filter(user_id=int(request.user.pk or 0), kind=Kind.SEND, confirmed_at__isnull=False)
    found = get_object_or_404(sends, pk=transfer_id)
    form = NicknameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        whom, nickname = found.to_email or found.to_address, form.cleaned_data["nickname"]
        try:
            book.require_savable(request.user, whom, nickname)
            if page := step_up(request, "payee", "Save to your address book", {"Name": nickname, "Whom": whom}):
                return page
            payee = book.save(request.user, whom, nickname)
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            messages.success(request, f"{payee.nickname} is in your address book.")
            return redirect("transfers:transfer", found.pk)
    context = {"form": form, "transfer": found}
    return render(request, "payees/add.html", context, status=422 if form.errors else 200)
