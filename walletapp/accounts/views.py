"""The pages of identity: where one is, one page for each step, and the last look before it is sent."""

import hashlib
from datetime import date
from typing import Any

import phonenumbers
from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from django_countries import countries

from walletapp.accounts import onboarding
from walletapp.accounts.access import signed_in
from walletapp.accounts.models import Customer, Onboarding, User
from walletapp.accounts.onboarding import Progress, progress
from walletapp.accounts.standing import Standing, abilities, asks, reasons, standing_of
from walletapp.accounts.steps import BY_SLUG
from walletapp.moments import written_day
from walletapp.refusals import Refusal


class AgreementForm(forms.Form):
    agreed = forms.BooleanField(
        required=False,
        label=f"What I entered is true, and I agree to the {settings.PRODUCT_NAME} and Open Money Stack terms.",
    )


@require_GET
@signed_in
def identity(request: HttpRequest) -> HttpResponse:
    """Where one is, and what is possible now."""
    return render(request, "accounts/identity.html", _status(_user(request)))


@require_GET
@signed_in
def identity_status(request: HttpRequest) -> HttpResponse:
    """The part of it that changes by itself. 204 while it is what the page shows already."""
    context = _status(_user(request))
    if request.GET.get("seen") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "accounts/identity.html#status", context)


@require_http_methods(["GET", "POST"])
@signed_in
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One question, with why it is asked."""
    now = progress(_user(request))
    asked = BY_SLUG.get(slug)
    if asked is None:
        raise Http404
    if now.is_sent or asked not in now.steps:
        return redirect("accounts:identity")
    form = asked.form(_posted(request), saved=now.answers.get(slug))
    if request.method == "POST" and form.is_valid():
        try:
            onboarding.save_step(_user(request), slug, form.answer())
        except onboarding.AlreadySent:
            return redirect("accounts:identity")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return _onward(progress(_user(request)))
    context = {"step": asked, "form": form, "progress": now, "number": now.steps.index(asked) + 1}
    return render(request, "accounts/step.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def submit(request: HttpRequest) -> HttpResponse:
    """The last look, the agreement, and sending it."""
    now = progress(_user(request))
    if not now.is_open:
        return redirect("accounts:identity")
    if now.next:
        return _onward(now)
    form = AgreementForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            agreed, address = form.cleaned_data["agreed"], get_adapter().get_client_ip(request)
            onboarding.submit(_user(request), agreed=agreed, ip_address=address)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("accounts:identity")
    return render(request, "accounts/review.html", {"form": form, "progress": now, "rows": _shown(now)})


def _user(request: HttpRequest) -> User:
    """The person, on a page that only signed-in people see."""
    assert isinstance(request.user, User)
    return request.user


def _posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, an empty form too."""
    return request.POST if request.method == "POST" else None


def _onward(now: Progress) -> HttpResponse:
    return redirect("accounts:step", slug=now.next.slug) if now.next else redirect("accounts:submit")


def _status(user: User) -> dict[str, Any]:
    row = Onboarding.objects.filter(user=user).first()
    customer = Customer.of(user)
    standing = standing_of(row, customer)
    return {
        "standing": standing,
        "card": f"accounts/_{standing.slug}.html",
        "version": _version(standing, row, customer),
        "progress": progress(user),
        "problem": _problem(row),
        "abilities": abilities(customer),
        "asks": asks(customer) if customer else [],
        "reasons": reasons(customer) if customer else [],
        "name": customer.first_name if customer else "",
    }


def _version(standing: Standing, row: Onboarding | None, customer: Customer | None) -> str:
    """Changes whenever the page would."""
    parts = [standing.slug, row.problem if row else ""]
    if customer:
        parts += sorted(f"{it.name}{it.status}{it.missing}{it.reasons}" for it in customer.endorsements.all())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]


def _problem(row: Onboarding | None) -> dict[str, Any]:
    """Why the last request came back, in the person's words, with the step it is about if that is known."""
    if row is None or not row.problem:
        return {}
    kind, _, slug = row.problem.partition(":")
    return {"kind": kind, "step": BY_SLUG.get(slug)}


def _shown(now: Progress) -> list[dict[str, Any]]:
    """The answers for the last look. The document's number stays sealed; only its hint is shown."""
    return [{"step": one, "lines": _lines(one.slug, now.answers[one.slug], now.document_hint)} for one in now.steps]


def _lines(slug: str, answer: dict[str, str], document_hint: str) -> list[str]:
    match slug:
        case "name":
            return [" ".join(answer[part] for part in ("first_name", "middle_name", "last_name") if answer.get(part))]
        case "address":
            town = f"{answer['city']}, {answer['state']} {answer['zip_code']}"
            return [line for line in (answer["line1"], answer.get("line2", ""), town) if line]
        case "document":
            return [document_hint, f"Nationality: {countries.name(answer['nationality'])}"]
        case "birth":
            return [written_day(date.fromisoformat(answer["birth_date"]))]
        case _:
            phone = phonenumbers.parse(answer["phone"])
            return [phonenumbers.format_number(phone, phonenumbers.PhoneNumberFormat.NATIONAL)]
