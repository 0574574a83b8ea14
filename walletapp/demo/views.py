"""The demo's mail in the browser. These pages exist only with DEMO=1."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

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
