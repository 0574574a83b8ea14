"""The living style page: every component in every state, with example data. Only there when DEBUG is on."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from walletapp.money import Currency, Money
from walletapp.web.templatetags.wallet_tags import STATES

_ADDRESS = "0x8ba1f109551bD432803012645Ac136ddd64DBA72"


class _Example(forms.Form):
    amount = forms.CharField(help_text="At least $5.00. You can add up to $480.00 until Monday.")
    name = forms.CharField(label="Legal first name", help_text="As it stands on your document.", required=False)
    email = forms.EmailField(label="E-mail")
    password = forms.CharField(widget=forms.PasswordInput)
    country = forms.ChoiceField(choices=[("us", "United States"), ("mx", "Mexico")])
    kind = forms.ChoiceField(
        label="Whose address is it?",
        widget=forms.RadioSelect,
        choices=[("own", "My own wallet"), ("other", "Somebody else's wallet"), ("exchange", "An exchange")],
    )
    agree = forms.BooleanField(label="The exchange lists USDC on Polygon.", required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    code = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide.html", _context())


def _context() -> dict[str, Any]:
    now = timezone.now()
    wrong = _Example({"amount": "1,1", "email": "alice", "kind": ""})
    wrong.add_error(None, "You have $20.00 available. This needs $25.35.")
    return {
        "form": _Example(initial={"amount": "25.00", "kind": "other", "name": "Alice"}),
        "wrong": wrong,
        "usdc": Money(1_248_500_000, Currency.USDC),
        "address": _ADDRESS,
        "states": STATES,
        "now": now,
        "in_a_minute": now + timedelta(seconds=65),
        "past": now - timedelta(seconds=1),
        "steps": ["Your name", "Your address", "Your document", "Terms"],
        "lines": _fees(),
        "total": {"label": "They get", "amount": Money(25_000_000, Currency.USDC), "note": "on Polygon"},
        "facts": _facts(),
        "movements": _movements(),
    }


def _fees() -> list[dict[str, Any]]:
    return [
        {"label": "You pay", "amount": Money(25_350_000, Currency.USDC)},
        {"label": "Network fee", "note": "to the Polygon network", "amount": Money(350_000, Currency.USDC)},
        {"label": "Our fee", "note": "to us", "amount": Money(0, Currency.USDC)},
    ]


def _facts() -> list[dict[str, Any]]:
    return [
        {"label": "To", "value": "Maria Lopez"},
        {"label": "Sent before", "value": "3 times, last on May 4"},
        {"label": "Amount", "value": Money(25_000_000, Currency.USDC)},
        {"label": "Arrives", "value": "Usually within a minute"},
    ]


def _movements() -> list[dict[str, Any]]:
    at = datetime(2026, 5, 4, 14, 32, 10, tzinfo=UTC)
    usdc = Currency.USDC
    return [
        {
            "icon": "store",
            "title": "Cash at Corner Market",
            "money": Money(200_000_000, usdc),
            "word": "Waiting for the store",
        },
        {"icon": "out", "title": "To bob@example.com", "money": Money(-25_000_000, usdc), "word": "Checking"},
        {"icon": "in", "title": "From 0x8ba1…BA72", "money": Money(50_000_000, usdc), "word": "Done"},
        {"icon": "back", "title": "Came back from Maria", "money": Money(24_650_000, usdc), "word": "Came back"},
        {
            "icon": "out",
            "title": "To Maria Lopez",
            "money": Money(-1_248_000_000, usdc),
            "word": "Did not happen",
            "at": at,
        },
    ]
