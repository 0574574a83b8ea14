"""The page of one's own limits of sends."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from walletapp.accounts.access import verified
from walletapp.accounts.step_up_page import step_up
from walletapp.refusals import Refusal
from walletapp.transfers import limiting, limits
from walletapp.transfers.forms import OwnLimitForm
from walletapp.transfers.own_limits import Most, OwnLimit
from walletapp.wallet.models import Wallet


@verified
@require_http_methods(["GET", "HEAD", "POST"])
def own_limits(request: HttpRequest) -> HttpResponse:
    """What they are, what waits, and changing them: lower at once, higher with a proof and after a wait."""
    user_id = int(request.user.pk or 0)
    wallet = Wallet.objects.custodial().filter(user_id=user_id).first()
    row = OwnLimit.objects.filter(user_id=user_id).first()
    now = timezone.now()
    present = row.at(now) if row else limits.house_most()
    is_keeping = request.POST.get("do") == "keep"
    form = OwnLimitForm(
        request.POST if request.method == "POST" and not is_keeping else None,
        initial={"at_once": present.at_once.text(), "in_a_day": present.in_a_day.text()},
    )
    if is_keeping:
        limiting.keep(request.user)
        return redirect("transfers:own_limits")
    if form.is_valid():
        wanted = Most(form.cleaned_data["at_once"], form.cleaned_data["in_a_day"])
        is_raise = wanted.lowered_to(present) != wanted  # lowering wants no proof
        try:
            limiting.require_sense(wanted)
            if is_raise and (page := step_up(request, "limit_raise", "Raise your sending limits", _shown(wanted))):
                return page
            limiting.change(request.user, wanted, is_proved=is_raise)
        except Refusal as no:
            form.add_error(no.field if no.field in form.fields else None, str(no))
        else:
            messages.success(request, "Saved.")
            return redirect("transfers:own_limits")
    context = {
        "form": form,
        "house": limits.house_most(),
        "row": row if row and row.next_from and row.next_from > now else None,
        "limits": limits.send_limits(wallet, now) if wallet else None,
        "hours": settings.RAISE_LIMIT_HOURS,
    }
    return render(request, "transfers/own_limits.html", context, status=422 if form.errors else 200)


def _shown(wanted: Most) -> dict[str, str]:
    return {
        "At most at once": str(wanted.at_once),
        "At most in 24 hours": str(wanted.in_a_day),
        "Counts": f"in {settings.RAISE_LIMIT_HOURS} hours",
    }
