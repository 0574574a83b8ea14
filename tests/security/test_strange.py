"""Row 6: requests that no page of ours makes: led elsewhere, from elsewhere, hidden, doubled, with fields of ours."""

from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tests.builders import PASSWORD, make_user
from tests.faults.figures import Figures
from tests.security.cast import OWNER, Cast
from tests.security.routes import own_samples, routes
from tests.transfers.steps import OUTSIDE
from walletapp.accounts.models import Endorsement, User
from walletapp.transfers.models import Transfer
from walletapp.wallet.models import Wallet

ROW = 6

ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example",
    "http:evil.example", "http:///evil.example", "https:evil.example", "/\t/evil.example", "/\n/evil.example",
    "\x00//evil.example", " //evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "//testserver@evil.example", "https://testserver.evil.example", "//evil.example/testserver", "\u2028//evil.example",
    "%2f%2fevil.example", "//evil%E3%80%82example", "/%09/evil.example", "https:/\\evil.example", "//[::1]/", "blob:x",
)  # fmt: skip
HOSTS = (
    "evil.example",
    "testserver.evil.example",
    "testserver@evil.example",
    "evil.example#testserver",
    "",
    "[::1",
    "a b",
)


@pytest.mark.django_db
def test_nobody_is_led_to_another_site(figures: Figures) -> None:
    user, asked, led = make_user("alice"), 0, []
    root = make_user("root", is_staff=True, is_superuser=True)
    for where in ELSEWHERE:
        for page, form, who in (
            ("/account/login/", {"login": user.email, "password": PASSWORD}, None),
            ("/account/logout/", {}, user),
            ("/account/reauthenticate/", {"password": PASSWORD}, user),
            ("/account/signup/", {"email": f"x{asked}@example.com", "password1": PASSWORD}, None),
            ("/admin/login/", None, root),
        ):
            for name in ("next", "url", "return_to", "redirect"):
                client = Client(REMOTE_ADDR=f"203.0.113.{asked % 250}")
                if who is not None:
                    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
                address = f"{page}?{_query(name, where)}"
                answer = client.get(address) if form is None else client.post(address, {**form, name: where})
                asked += 1
                to = answer.headers.get("Location", "/")
                if not url_has_allowed_host_and_scheme(to, {"testserver"}) and to:
                    led.append(f"{page} {name}={where!r} -> {to}")
                if "Refresh" in answer.headers or "HX-Redirect" in answer.headers:
                    led.append(f"{page} {name}={where!r}")
    figures.hold("requests that want to lead elsewhere", asked, ">= 500", asked >= 500)
    figures.zero("led to another site", led)


@pytest.mark.django_db
def test_another_host_is_none_of_ours(figures: Figures) -> None:
    user = make_user("alice")
    answers = [(host, Client(raise_request_exception=False).get("/", headers={"Host": host})) for host in HOSTS]
    figures.zero("hosts that are taken for ours", [host for host, it in answers if host and it.status_code != 400])
    mail.outbox.clear()
    hidden = {"X-Forwarded-Host": "evil.example", "X-Host": "evil.example", "Forwarded": "host=evil.example"}
    Client().post("/account/password/reset/", {"email": user.email}, headers=hidden)
    texts = " ".join(f"{it.subject} {it.body}" for it in mail.outbox)
    figures.hold("a mail after a request with a forwarded host", len(mail.outbox), "1", len(mail.outbox) == 1)
    figures.zero("mails that name another host", int("evil" in texts))


@pytest.mark.django_db
def test_a_forwarded_address_dodges_no_limit(figures: Figures) -> None:
    statuses = []
    for number in range(40):
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "X-Real-IP": f"198.51.100.{number}"}
        form = {"login": f"{number}@example.com", "password": "wrong"}
        statuses.append(Client().post("/account/login/", form, headers=headers).status_code)
    figures.at_most("sign-ins from one address under forty names", statuses.count(200), 30, "evaluated")
    figures.hold("the rest", statuses.count(429), ">= 10", statuses.count(429) >= 10)


@pytest.mark.django_db
def test_a_method_is_what_it_is(cast: Cast, figures: Figures) -> None:
    url = f"/transfers/{cast.sent.pk}/cancel/"
    before = _snapshot(cast)
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        cast.browser(OWNER).get(url, headers={name: "POST"})
        cast.browser(OWNER).get(f"{url}?_method=POST", headers={name: "DELETE"})
    is_same = _snapshot(cast) == before
    figures.hold("methods overridden", "none" if is_same else "one", "none", is_same)
    trace = cast.browser(OWNER).generic("TRACE", "/home/")
    figures.hold("TRACE", trace.status_code, "405, empty", trace.status_code == 405 and not trace.content)


def test_a_field_that_stands_twice_moves_nothing(cast: Cast, figures: Figures) -> None:
    taken, before = [], _snapshot(cast)
    for url, form in _forms(cast).items():
        for name, value in form.items():
            answer = cast.ask(OWNER, "POST", url, {**form, name: [value, value]})
            if answer.status_code != 400:
                taken.append(f"{url} {name}: {answer.status_code}")
    figures.zero("forms that take a name twice", taken)
    figures.hold("what was moved by them", "nothing", "nothing", _snapshot(cast) == before)


def test_no_form_takes_a_field_that_is_ours(cast: Cast, figures: Figures) -> None:
    """Every field of every table of ours, posted to every page, with what would do harm."""
    ours = {field.name for model in apps.get_models() for field in model._meta.fields if _is_ours(model)}
    harm: dict[str, Any] = {}
    for name in ours | {"user_id", "wallet_id", "quote_id", "pk"}:
        harm[name] = "1"
    harm |= {"state": "completed", "is_staff": "on", "is_superuser": "on", "status": "ACTIVE", "amount_minor": "9"}
    harm |= {"user": str(cast.bob.pk), "user_id": str(cast.bob.pk), "available_minor": "9" * 9, "to_address": OUTSIDE}
    posted, taken, changed, before = 0, 0, [], _snapshot(cast)
    kept = {**_forms(cast), **{url: {} for url in _pages(cast) if url not in _forms(cast)}}
    for url, form in kept.items():
        client = cast.browser(OWNER)
        answer = client.post(url, {**{name: value for name, value in harm.items() if name not in form}, **form})
        posted, taken = posted + 1, taken + ("/review/" in answer.headers.get("Location", ""))
        if _snapshot(cast) != before:
            changed.append(url)
            before = _snapshot(cast)
    figures.hold("fields of ours", len(harm), ">= 150", len(harm) >= 150)
    figures.hold("pages they were posted to", posted, ">= 30", posted >= 30)
    figures.hold("drafts that were made beside them", taken, ">= 2", taken >= 2)
    figures.zero("pages that took one", changed)


def _query(name: str, where: str) -> str:
    from urllib.parse import quote

    return f"{name}={quote(where, safe='')}"


def _is_ours(model: Any) -> bool:
    return str(model.__module__).startswith("walletapp.")


def _forms(cast: Cast) -> dict[str, dict[str, str]]:
    """A form that is right, for every page that takes one about money or a person."""
    store = next(url for url, name in own_samples().items() if name == "transfers:add_cash_amount")
    return {
        "/send/": {"to": OUTSIDE, "amount": "5", "side": "source", "at_exchange": "no"},
        store: {"amount": "40"},
        f"/review/{cast.draft.pk}/": {"digest": "0" * 64, "password": "x"},
        f"/bank-transfers/accounts/{cast.account.pk}/": {"nickname": "mine"},
        "/bank-transfers/add-money/missing/": {"amount": "5", "sent_on": "2026-01-05", "rail": "ach", "bank_name": "W"},
        reverse("accounts:step", args=["name"]): {"first_name": "A", "last_name": "B"},
    }


def _pages(cast: Cast) -> list[str]:
    skipped = ("admin:", "oms:", "account_", "banking:remove_account", "web:")
    return [route.thing for route in routes(cast) if not route.name.startswith(skipped)]


def _snapshot(cast: Cast) -> tuple[Any, ...]:
    """What no form of a customer may ever change by itself: rights, verdicts, balances, whose and how far money is."""
    people = list(User.objects.order_by("pk").values_list("pk", "email", "is_staff", "is_superuser", "is_active"))
    verdicts = list(Endorsement.objects.order_by("pk").values_list("pk", "name", "status"))
    held = ("pk", "user", "available_minor", "held_minor", "address", "state")
    wallets = list(Wallet.objects.order_by("pk").values_list(*held))
    theirs = Transfer.objects.filter(pk__in=[cast.draft.pk, cast.sent.pk, cast.cash.pk]).order_by("pk")
    money = list(theirs.values_list("pk", "user", "wallet", "state", "amount_minor", "to_address", "oms_id"))
    others = Transfer.objects.exclude(user=cast.alice).count()
    return tuple(map(str, (people, verdicts, wallets, money, others)))
