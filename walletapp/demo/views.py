"""The demo's mail, and its authenticator apps, in the browser. These pages exist only with DEMO=1."""

from allauth.mfa.models import Authenticator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from walletapp.accounts import factors
from walletapp.demo import mailbox


@require_safe
@never_cache
def mail(request: HttpRequest) -> HttpResponse:
    """All mail, newest first; `?to=` narrows it to one person's."""
    to = request.GET.get("to", "").strip()
    return render(request, "demo/mail.html", {"letters": mailbox.letters(to), "to": to})


@require_safe
@never_cache
def message(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as text."""
    letter = mailbox.letter(key)
    if letter is None:
        raise Http404
    return render(request, "demo/message.html", {"letter": letter})


@require_safe
@never_cache
def codes(request: HttpRequest) -> HttpResponse:
    """What everybody's authenticator app shows now, and the one this browser is setting up; `?to=` narrows it to one
    person's."""
    to = request.GET.get("to", "").strip()
    apps = Authenticator.objects.filter(type=factors.APP, user__email__icontains=to).select_related("user")
    shown = [{"email": row.user.email, "code": factors.current_code(row)} for row in apps.order_by("-created_at")[:100]]
    return render(request, "demo/codes.html", {"shown": shown, "pending": factors.pending_code(request.session)})
