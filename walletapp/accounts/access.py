"""Who may open a page. Every page of ours wants one of these, but the few that are open to everybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from walletapp.accounts import factors
from walletapp.accounts.models import Customer
from walletapp.accounts.standing import standing_of

_NOT_YET = "This opens as soon as you are verified. Here is where that stands."
_NEVER = "This is not open to you. Here is what that means."

type View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Only for people who are signed in; others are asked to, and come back."""
    return login_required(view)


def verified(view: View) -> View:
    """Only for people whom OMS lets hold money, as its endorsements say now; others are led to their identity page.

    Money wants a second factor: whoever has none is led to where they get one, and comes back.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        customer = Customer.of(request.user)
        if customer is not None and customer.may_hold_money:
            if factors.is_missing(request.user):
                return redirect(f"{reverse('account_protect')}?{urlencode({'next': _page_of(request)})}")
            return view(request, *args, **kwargs)
        messages.info(request, _NOT_YET if customer is None or not standing_of(None, customer).is_refusal else _NEVER)
        return redirect("accounts:identity")

    return login_required(wrapped)


def _page_of(request: HttpRequest) -> str:
    """Where to come back to: a form that was sent is begun anew at its page."""
    return request.get_full_path() if request.method == "GET" else reverse("wallet:dashboard")
