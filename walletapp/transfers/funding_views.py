"""The pages of putting cash in: finding a store, the amount, a new code. Review and status are shared (views.py).

Where somebody is, or looked for stores, stands in their session and never in an address, which browsers, proxies and
logs keep.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from walletapp.accounts.access import verified
from walletapp.refusals import Refusal
from walletapp.transfers import again, finding, funding, limits, presenting, renewing
from walletapp.transfers.funding_forms import CashAmountForm, PlaceForm
from walletapp.transfers.models import Transfer
from walletapp.transfers.stores import Point, Store, StoresUnknown, find_store
from walletapp.transfers.windows import Limits

_PLACE = "stores_near"  # of the session: words, or a point as text


@verified
@require_http_methods(["GET", "POST"])
def add_cash(request: HttpRequest) -> HttpResponse:
    """Where to bring the cash: by ZIP code, city or the browser's location. Answers a good form with the list."""
    form = PlaceForm(request.POST or None)
    here = Point.read(request.POST.get("latitude", ""), request.POST.get("longitude", ""))
    if here or form.is_valid():
        request.session[_PLACE] = here.text if here else form.words
        return redirect(_stores_url(request))
    words, here = _searched(request) if "searched" in request.GET and not form.is_bound else ("", None)
    if not form.is_bound:
        form = PlaceForm(initial={"q": words})
    return render(request, "transfers/cash/find.html", {"form": form, "search": finding.search(words, here)})


@verified
@require_http_methods(["GET", "POST"])
def add_cash_amount(request: HttpRequest, store_id: str) -> HttpResponse:
    """How much, at one store, with every limit in sight. Answers a good form with its review page."""
    try:
        wallet = funding.cash_wallet(request.user)
        store = find_store(store_id, finding.middle_of(*_searched(request)))
    except Refusal as no:
        context = {"refusal": no, "stores_url": _stores_url(request)}
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
        "stores_url": _stores_url(request),
    }
    return render(request, "transfers/cash/amount.html", context, status=422 if form.errors else 200)


def _searched(request: HttpRequest) -> tuple[str, Point | None]:
    """What was looked for last: the words that were typed, or the browser's location."""
    place = request.session.get(_PLACE, "")
    here = Point.of_text(place)
    return ("" if here else place), here


def _stores_url(request: HttpRequest) -> str:
    """The list of what was looked for last."""
    page = reverse("transfers:add_cash")
    return f"{page}?searched=yes" if request.session.get(_PLACE) else page


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
