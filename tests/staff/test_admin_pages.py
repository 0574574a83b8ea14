"""Every page of the admin opens, under the strict content policy, and money cannot be edited anywhere."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.builders import make_user, wallet_of
from tests.staff.conftest import browser
from walletapp.accounts.models import User
from walletapp.banking import interest
from walletapp.transfers.models import Transfer
from walletapp.wallet.models import Break, LedgerEntry, Wallet

pytestmark = pytest.mark.django_db

OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("walletapp.")}
# Shown only inside the page of what they belong to, or a mark of one row that says nothing by itself.
WITHIN = {LedgerEntry._meta.label, "audit.AuditHead", "transfers.StoreRead"}
EDITABLE = {"accounts.User", "accounts.Flag", "wallet.Break"}
# Completed or answered by hand, once, through their journeys (tests/banking/test_staff.py).
EDITABLE |= {"banking.VirtualAccount", "banking.ExternalAccount", "banking.MissingDeposit"}

FORBIDDEN = {
    "an inline style": r"\sstyle=",
    "a handler": r"\son[a-z]+=",
    "a script in the page": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
    "a style block": r"<style",
    "another site": r"(src|href)=\"(https?:)?//(?!localhost|testserver|polygonscan)",
}


def registered(*, ours: bool = True) -> list[tuple[type[Model], Any]]:
    return [(m, a) for m, a in admin.site._registry.items() if not ours or m._meta.app_label in OURS]


def page_of(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def inspect(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    page = answer.content.decode()
    found = {what for what, pattern in FORBIDDEN.items() if re.search(pattern, page)}
    assert not found, f"{url}: {found}"
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    return page


def test_every_table_of_ours_can_be_read() -> None:
    tables = {model._meta.label for label in OURS for model in apps.get_app_config(label).get_models()}
    shown = {model._meta.label for model, _ in registered()}
    assert tables - shown - WITHIN == set()


def test_every_list_and_every_page_opens_under_the_strict_policy(root: Client, alice: User, difference: Break) -> None:
    interest.register(alice, use_case="salary", monthly_volume="to_2000", state="TX", consents=True)
    opened = 0
    for model, _ in registered(ours=False):
        inspect(root, page_of(model, "changelist"))
        for row in model._default_manager.all()[:2]:
            inspect(root, page_of(model, "change", row.pk))
            opened += 1
    assert opened > 15
    inspect(root, "/admin/")
    inspect(root, "/admin/wallet/")


def test_every_list_of_ours_can_be_searched_and_filtered(root: Client, alice: User, sent: Transfer) -> None:
    for model, page in registered():
        assert page.search_fields, model
        assert page.list_filter, model
        inspect(root, page_of(model, "changelist") + "?q=alice")


def test_money_cannot_be_added_changed_or_deleted_even_by_a_superuser(root: Client, alice: User) -> None:
    for model, _ in registered():
        row = model._default_manager.first()
        if model._meta.label in EDITABLE or row is None:
            continue
        assert root.get(page_of(model, "add")).status_code == 403, model
        assert root.post(page_of(model, "change", row.pk), {}).status_code == 403, model
        assert root.post(page_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model


def test_staff_follow_the_money_by_links(root: Client, alice: User, sent: Transfer) -> None:
    wallet = wallet_of(alice)
    found = root.get(page_of(Transfer, "changelist"), {"q": alice.email}).content.decode()
    assert page_of(Transfer, "change", sent.pk) in found

    page = inspect(root, page_of(Transfer, "change", sent.pk))
    for link in (
        page_of(User, "change", alice.pk),
        page_of(Wallet, "change", wallet.pk),
        f"/admin/transfers/quote/{sent.quote_id}/change/",
        f"/admin/oms/inboundevent/?q={sent.oms_id}",
    ):
        assert link in page, link
        inspect(root, link)
    assert str(sent.request_sha256) in page
    assert "quoteId" in page

    page = inspect(root, page_of(Wallet, "change", wallet.pk))
    for link in re.findall(r'<div class="readonly">(.*?)</div>', page, re.DOTALL):
        for url in re.findall(r'href="([^"]+)"', link):
            inspect(root, url.replace("&amp;", "&"))


def test_a_wallet_is_found_by_mail_address_and_oms_id(root: Client, alice: User) -> None:
    wallet = wallet_of(alice)
    for q in (alice.email, wallet.address, str(wallet.oms_id), str(wallet.pk), alice.customer.oms_id):
        assert str(wallet.pk) in root.get(page_of(Wallet, "changelist"), {"q": q}).content.decode(), q
    assert str(wallet.pk) not in root.get(page_of(Wallet, "changelist"), {"q": "nobody"}).content.decode()


def test_the_filter_for_what_is_late_and_the_front_page_agree(root: Client, sent: Transfer) -> None:
    from datetime import timedelta

    Transfer.objects.create(
        user=sent.user,
        wallet=sent.wallet,
        kind="send",
        state="submitting",
        rank=40,
        amount_minor=1,
        confirmed_at=sent.created_at - timedelta(minutes=6),
        attention="look at me",
    )
    for query in ("late=yes", "attention=yes", "finished=no"):
        page = root.get(page_of(Transfer, "changelist") + f"?{query}").content.decode()
        assert "1 transfer" in page, query
        assert str(sent.pk) not in page, query
    assert "0 transfers" in root.get(page_of(Transfer, "changelist") + "?late=yes&finished=yes").content.decode()

    front = root.get("/admin/").content.decode()
    for label, count in (("Transfers later than promised", 1), ("Transfers that need a person", 1)):
        assert re.search(rf"{label}</a></th><td>{count}</td>", front), label


# ----- the door -----


def test_the_admins_sign_in_is_the_customers_one_and_comes_back() -> None:
    answer = Client().get("/admin/wallet/wallet/", follow=True)
    address, _ = answer.redirect_chain[-1]
    assert address.startswith("/account/login/?next=/admin/wallet/wallet/")


def test_a_customer_is_told_that_there_is_nothing_for_them(alice: User) -> None:
    assert browser(alice).get("/admin/").status_code in {302, 403}
    assert browser(alice).get("/admin/", follow=True).status_code == 403


def test_the_door_never_leads_elsewhere(root: Client) -> None:
    answer = root.get("/admin/login/", {"next": "https://evil.example/"})
    assert answer["Location"] == "/admin/"


def test_the_front_page_counts_only_what_one_may_read(clerk: User, difference: Break) -> None:
    front = browser(clerk).get("/admin/").content.decode()
    assert "Open differences with OMS" in front
    assert "Transfers that need a person" not in front


def test_staff_without_any_right_are_told_so() -> None:
    front = browser(make_user("new", is_staff=True)).get("/admin/").content.decode()
    assert "You may not read any of these lists" in front
