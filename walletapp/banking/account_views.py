"""The pages of one's own bank accounts that money can go out to."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from walletapp.accounts.models import Customer
from walletapp.accounts.step_up_page import step_up
from walletapp.banking import accounts as journey
from walletapp.banking.access import PAYOUTS, early_access
from walletapp.banking.banks import bank_of
from walletapp.banking.forms import AccountForm, NicknameForm
from walletapp.banking.models import ExternalAccount
from walletapp.refusals import Refusal


@early_access(*PAYOUTS, also_stopped=True)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    return render(request, "banking/accounts.html", _listed(request))


@early_access(*PAYOUTS, also_stopped=True)
@require_safe
def accounts_live(request: HttpRequest) -> HttpResponse:
    """The list, while something on it is being checked; 204 while it is as the page has it."""
    context = _listed(request)
    if request.GET.get("v") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "banking/accounts.html#list", context)


@early_access(*PAYOUTS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new account. Wants a proof of who it is: money could go out to it."""
    customer = Customer.of(request.user)
    form = AccountForm(request.POST or None, initial={"owner_name": customer.name if customer else ""})
    if request.method == "POST" and form.is_valid():
        if page := step_up(request, "bank_account", "Add this bank account", _shown(form.cleaned_data)):
            return page
        try:
            added = journey.add(request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            messages.success(request, f"{added.label} was added.")
            return redirect("banking:accounts")
    return render(request, "banking/add_account.html", {"form": form}, status=422 if form.errors else 200)


def _shown(account: dict[str, str]) -> dict[str, str]:
    """What is about to be added, as the person checks it."""
    return {
        "Bank": account["bank_name"],
        "Routing number": account["routing_number"],
        "Account number": f"ends in {account['account_number'][-4:]}",
        "In the name of": account["owner_name"],
    }


@early_access(*PAYOUTS)
@require_safe
def bank_name(request: HttpRequest) -> HttpResponse:
    """The field of the bank's name, filled in for a routing number we know."""
    routing = request.GET.get("routing_number", "").replace(" ", "").replace("-", "")
    known = bank_of(routing)
    if not known:
        return HttpResponse(status=204)
    form = AccountForm(initial={"bank_name": known})
    return render(request, "banking/add_account.html#bank", {"form": form})


@early_access(*PAYOUTS, also_stopped=True)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account: how it stands, its name, and taking it off the list. Another name wants a proof: it is what one
    chooses an account by."""
    found = get_object_or_404(ExternalAccount.objects.for_user(request.user).kept(), pk=account_id)
    form = NicknameForm(request.POST or None, initial={"nickname": found.nickname})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["nickname"]
        shown = {**_listed_as(found), "New name": name or "none"}
        if name != found.nickname and (page := step_up(request, "bank_account", "Rename this bank account", shown)):
            return page
        if journey.rename(request.user, found.pk, name):
            messages.success(request, "Saved.")
        return redirect("banking:accounts")
    return render(request, "banking/account.html", {"account": found, "form": form})


@early_access(*PAYOUTS, also_stopped=True)
@require_POST
def remove(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Take one off the list. Wants a proof as adding does: whoever can exchange an account has the money."""
    found = ExternalAccount.objects.for_user(request.user).kept().filter(pk=account_id).first()
    if found:
        if page := step_up(request, "bank_account", "Remove this bank account", _listed_as(found)):
            return page
        journey.remove(request.user, account_id)
        messages.success(request, "The account is off your list.")
    return redirect("banking:accounts")


def _listed_as(found: ExternalAccount) -> dict[str, str]:
    """Which of one's accounts it is, as the person knows it."""
    return {"Bank": found.bank_name, "Account number": f"ends in {found.last4}", "In the name of": found.owner_name}


def _listed(request: HttpRequest) -> dict[str, object]:
    kept = list(ExternalAccount.objects.for_user(request.user).kept())
    version = "-".join(f"{one.pk.hex[:8]}{one.state[0]}" for one in kept) or "none"
    is_checking = any(one.state == one.State.CHECKING for one in kept)
    return {"accounts": kept, "version": version, "is_checking": is_checking}
