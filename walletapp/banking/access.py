"""Who may open a page about bank transfers: people for whom one of its rails is open, now and at its address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from walletapp import features
from walletapp.accounts.access import View, verified

FUNDING = (features.BANK_FUNDING,)
PAYOUTS = (features.BANK_PAYOUTS_ACH, features.BANK_PAYOUTS_WIRE)


def early_access(*keys: str, also_stopped: bool = False) -> Callable[[View], View]:
    """Only for verified people who have access to one of these rails. Others are refused here, whatever they typed.

    `also_stopped`: pages that start nothing stay open to them while the rail is stopped for everybody.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = [standing for key, standing in features.standings(request.user).items() if key in keys]
            if any(one.is_open or (also_stopped and one.concerns) for one in found):
                return view(request, *args, **kwargs)
            is_stopped = any(one.is_stopped and one.concerns for one in found)
            status = 503 if is_stopped else 403
            return render(request, "banking/closed.html", {"is_stopped": is_stopped}, status=status)

        return verified(wrapped)

    return decorate
