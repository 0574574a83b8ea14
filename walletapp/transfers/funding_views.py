"""The pages of putting cash in: finding a store, the amount, a new code. Review and status are shared (views.py)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from walletapp.accounts.access import verified
from walletapp.refusals import Refusal
from walletapp.transfers import again, finding, funding, limits, presenting, renewing
from walletapp.transfers.funding_forms import CashAmountForm, PlaceForm
from walletapp.transfers.models import Transfer
from walletapp.transfers.stores import Point, Store, StoresUnknown, find_store
from walletapp.transfers.windows import Limits


@verified
@require_GET
def add_cash(request: HttpRequest) -> HttpResponse:
    """Where to bring the cash: by ZIP code, city or the browser's location."""
    form = PlaceForm(request.GET if "q" in request.GET else None)
    here = None if form.is_bound else Point.read(request.GET.get("latitude", ""), request.GET.get("longitude", ""))
    search = finding.search(form.words, here)
    return render(request, "transfers/cash/find.html", {"form": form, "search": search})


@verified
@require_http_methods(["GET", "POST"])
def add_cash_amount(request: HttpRequest, store_id: str) -> HttpResponse:
    """How much, at one store, with every limit in sight. Answers a good form with its review page."""
    try:
        wallet = funding.cash_wallet(request.user)
        store = find_store(store_id, finding.searched(*_searched(request)))
    except Refusal as no:
        context = {"refusal": no, "stores_url": finding.stores_url(*_searched(request))}
        return render(
            request, "transfers/cash/no_store.html", context, status=503 if isinstance(no, StoresUnknown) else 409
        )
    if store is None:
        return redirect("transfers:add_cash")
    earlier = again.cash_in(request.user, request.GET.get("again", ""))
    form = CashAmountForm(request.POST or None, initial=earlier)
    if request.method == "POST" and form.is_valid():
        try:
            draft = funding.start(request.user, store, form.cleaned_data["amount"])
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            return redirect("transfers:review", draft.pk)
    return _amount_page(request, form, store, limits.cash_limits(wallet, store.name, timezone.now()))


def _amount_page(request: HttpRequest, form: CashAmountForm, store: Store, cash_limits: Limits) -> HttpResponse:
    context = {
        "form": form,
        "store": store,
        "limits": cash_limits,
        "stores_url": finding.stores_url(*_searched(request)),
    }
    return render(request, "transfers/cash/amount.html", context, status=422 if form.errors else 200)


def _searched(request: HttpRequest) -> tuple[str, str]:
    """What led to this store: the words that were typed, or the browser's location."""
    return request.GET.get("q", "")[:80], request.GET.get("near", "")


@verified
@require_POST
def new_code(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """A new code for the same cash-in. Its page shows what became of it, also when it was paid meanwhile."""
    found = get_object_or_404(Transfer, pk=transfer_id, user_id=request.user.pk)
    try:
        renewing.new_code(found.pk, user_id=found.user_id)
    except Refusal as no:
        mine = Transfer.objects.select_related("wallet", "user__customer", "to_wallet__user", "quote")
        context = presenting.status(mine.get(pk=found.pk)) | {"refusal": no}
        return render(request, "transfers/transfer.html", context, status=409)
    return redirect("transfers:transfer", found.pk)
