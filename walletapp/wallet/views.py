"""The dashboard, the activity and the receive page. People who have no wallet yet see the way to one.

What somebody searches for, a name or an address, stands in their session and never in an address of ours, which
browsers, proxies and logs keep.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from walletapp.accounts.access import signed_in
from walletapp.wallet import holding, receiving
from walletapp.wallet.activity import ActivityFilter
from walletapp.wallet.activity import activity as activity_page
from walletapp.wallet.zones import zone_of

_SEARCHED = "activity_search"  # of the session


@signed_in
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    return render(request, "wallet/dashboard.html", {"overview": holding.overview(request.user)})


@signed_in
@require_safe
def dashboard_live(request: HttpRequest) -> HttpResponse:
    """The part of the dashboard that updates itself; 204 while it is as the page has it."""
    overview = holding.overview(request.user)
    if request.GET.get("v") == overview.version:
        return HttpResponse(status=204)
    return render(request, "wallet/dashboard.html#holdings", {"overview": overview})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def activity(request: HttpRequest) -> HttpResponse:
    """All that moved, or of one kind; answers a search with its first page."""
    if holding.wallet_to_use(request.user) is None:
        return _start(request, "Activity")
    if request.method == "POST":
        return _search(request)
    words = request.session.get(_SEARCHED, "") if "searched" in request.GET else ""
    form = ActivityFilter({"kind": request.GET.get("kind", ""), "q": words})
    form.is_valid()
    found = activity_page(
        request.user,
        kind=form.cleaned_data.get("kind", ""),
        q=form.cleaned_data.get("q", ""),
        number=request.GET.get("page", "1"),
        zone=zone_of(request),
    )
    return render(request, "wallet/activity.html", {"form": form, "activity": found})


def _search(request: HttpRequest) -> HttpResponse:
    form = ActivityFilter(request.POST)
    form.is_valid()
    kind, request.session[_SEARCHED] = form.cleaned_data.get("kind", ""), form.cleaned_data.get("q", "")
    asked = {"kind": kind, "searched": "yes" if request.session[_SEARCHED] else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{reverse('wallet:activity')}{'?' if query else ''}{query}")


@signed_in
@require_safe
def receive(request: HttpRequest) -> HttpResponse:
    overview = holding.overview(request.user)
    if overview.wallet is None:
        return _start(request, "Receive")
    context = {
        "overview": overview,
        "wallet": overview.wallet,
        "contract": receiving.USDC_CONTRACT,
        "explorer_url": settings.EXPLORER_URL,
        "networks": receiving.LOSING_NETWORKS,
        "tokens": receiving.LOSING_TOKENS,
    }
    return render(request, "wallet/receive.html", context)


@signed_in
@require_safe
def receive_qr(request: HttpRequest) -> HttpResponse:
    wallet = holding.wallet_to_use(request.user)
    if wallet is None:
        raise Http404
    return HttpResponse(receiving.qr_picture(wallet.address), content_type="image/svg+xml")


def _start(request: HttpRequest, title: str) -> HttpResponse:
    overview = holding.overview(request.user)
    return render(request, "wallet/start.html", {"overview": overview, "title": title})
