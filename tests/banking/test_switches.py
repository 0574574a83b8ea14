"""Kill switches: banner, button, refusal and status page say the same, from the next request on; what is on its way
goes on; every flip is on record."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from waffle.models import Switch

from tests.builders import just_proved, make_customer, make_holder, make_user, signed_in, usdc
from tests.control import Control
from tests.transfers.steps import confirm, drafted, finished
from walletapp import features
from walletapp.accounts.models import Flag, User
from walletapp.audit.models import AuditEvent
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import State

pytestmark = pytest.mark.django_db

WHY = "Their network answers nobody"


def flip(name: str, *, on: bool) -> None:
    Switch.objects.update_or_create(name=name, defaults={"active": on})


@pytest.fixture
def alice(sandbox: Control) -> User:
    return make_holder(sandbox, "alice", "100")


@pytest.fixture
def root() -> Client:
    return just_proved(make_user("root", is_staff=True, is_superuser=True))


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def status(client: Client) -> dict[str, str]:
    return {rail["rail"]: rail["status"] for rail in client.get("/status.json").json()["rails"]}


def test_every_switch_and_flag_is_there_and_as_usual_from_the_start(client: Client) -> None:
    assert dict(Switch.objects.values_list("name", "active")) == features.AS_USUAL
    assert set(Flag.objects.values_list("name", flat=True)) == set(features.FLAGS)
    assert status(client) == {
        "cash_in": "open",
        "sends": "open",
        "bank_funding": "early access",
        "bank_payouts_ach": "early access",
        "bank_payouts_wire": "early access",
        "sign_ups": "open",
    }
    assert client.get("/status.json").json()["status"] == "open"
    assert "Stopped for now" not in text(client, "/")


def test_without_any_rows_all_is_as_usual_too(client: Client) -> None:
    Switch.objects.all().delete()
    Flag.objects.all().delete()
    assert status(client)["sends"] == "open"
    assert status(client)["bank_funding"] == "early access"


def test_a_switch_flipped_in_the_admin_counts_on_the_next_request_and_is_on_record(
    alice: User, root: Client, client: Client
) -> None:
    browser = signed_in(alice)
    assert 'href="/send/"' in text(browser, "/home/")
    switch = Switch.objects.get(name="sends")
    page = f"/admin/waffle/switch/{switch.pk}/change/"
    assert root.post(page, {"words": WHY}).status_code == 302  # an unticked box: off

    home = text(browser, "/home/")
    assert "Send: stopped" in home
    assert "Sending. Your money is safe" in " ".join(home.split())
    assert "Sending is stopped for now" in text(browser, "/send/")
    assert "See the price" not in text(browser, "/send/")
    assert status(client)["sends"] == "stopped"
    assert client.get("/status.json").json()["status"] == "stopped"
    event = AuditEvent.objects.filter(action="switch.changed").get()
    assert event.detail == {"name": "sends", "active": False}
    assert event.reason == WHY

    root.post(page, {"active": "on", "words": WHY})
    assert "See the price" in text(browser, "/send/")


@pytest.mark.parametrize("words", ["", "too short"])
def test_without_a_reason_no_switch_is_flipped(root: Client, words: str) -> None:
    switch = Switch.objects.get(name="sends")
    answer = root.post(f"/admin/waffle/switch/{switch.pk}/change/", {"words": words})
    assert answer.status_code == 200
    assert "Write why in at least 15 characters." in answer.content.decode()
    assert Switch.objects.get(name="sends").active
    assert not AuditEvent.objects.filter(action="switch.changed").exists()


def test_saving_a_switch_as_it_is_wants_no_reason_and_leaves_it_alone(root: Client) -> None:
    """Since when it stands so is on the status page."""
    switch = Switch.objects.get(name="sends")
    assert root.post(f"/admin/waffle/switch/{switch.pk}/change/", {"active": "on"}).status_code == 302
    assert Switch.objects.get(name="sends").modified == switch.modified
    assert not AuditEvent.objects.filter(action="switch.changed").exists()


def test_no_switch_is_flipped_from_the_list(root: Client) -> None:
    rows = list(Switch.objects.order_by("-pk").values_list("pk", flat=True))
    form: dict[str, Any] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    root.post("/admin/waffle/switch/?o=", form | {f"form-{at}-id": pk for at, pk in enumerate(rows)})
    assert dict(Switch.objects.values_list("name", "active")) == features.AS_USUAL


def test_nobody_adds_or_deletes_a_switch(root: Client) -> None:
    switch = Switch.objects.get(name="sends")
    assert root.get("/admin/waffle/switch/add/").status_code == 403
    assert root.post(f"/admin/waffle/switch/{switch.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("switch", ["sends", "outgoing", "read_only"])
def test_each_switch_over_sends_refuses_the_form_and_the_confirmation(
    alice: User, sandbox: Control, switch: str
) -> None:
    draft = drafted(alice, amount=usdc("25"))
    flip(switch, on=switch == "read_only")
    with pytest.raises(features.SwitchedOff):
        drafted(alice, amount=usdc("5"))
    with pytest.raises(features.SwitchedOff):
        confirm(draft)
    assert Transfer.objects.get(pk=draft.pk).state == State.QUOTED
    assert sandbox.sends() == []


def test_a_send_that_was_confirmed_still_arrives(alice: User, sandbox: Control) -> None:
    transfer = confirm(drafted(alice, amount=usdc("25")))
    flip("sends", on=False)
    assert finished(sandbox, transfer).state == State.COMPLETED


def test_cash_is_refused_and_its_pages_say_so(sandbox: Control) -> None:
    browser = signed_in(make_customer(sandbox, "bob"))
    flip("cash_in", on=False)
    assert "Adding cash is stopped for now" in text(browser, "/add-cash/")
    assert "Add cash: stopped" in text(browser, "/home/")
    looked = signed_in(make_customer(sandbox, "cora")).post("/add-cash/", {"q": "10001"}, follow=True)
    assert "Adding cash is stopped for now" in looked.content.decode()


def test_nobody_signs_up_while_that_is_stopped(client: Client) -> None:
    flip("sign_ups", on=False)
    assert "We do not open new accounts right now" in text(client, "/account/signup/")
    client.post("/account/signup/", {"email": "new@example.com", "password1": "a long walk by the sea"})
    assert not User.objects.exists()
    assert "Open an account" not in text(client, "/")


def test_read_only_lets_people_look_and_sign_in_and_nothing_else(alice: User, root: Client) -> None:
    browser = signed_in(alice)
    flip("read_only", on=True)
    assert signed_in(alice).get("/home/").status_code == 200
    assert browser.post("/activity/", {"q": "bob"}).status_code == 302, "a search changes nothing"
    answer = browser.post("/bank-transfers/", {"use_case": "pay_in"})
    assert answer.status_code == 503
    assert "Nothing can be changed right now" in answer.content.decode()
    switch = Switch.objects.get(name="sends")
    assert root.post(f"/admin/waffle/switch/{switch.pk}/change/", {"words": WHY}).status_code == 302
    assert browser.post("/account/security/devices/").status_code == 302
    assert UserSession.objects.filter(user=alice).count() == 1, "a lost phone is signed out all the same"
    assert browser.post("/account/logout/").status_code == 302


def test_a_flag_that_is_off_for_everyone_counts_as_stopped_for_those_who_had_it(alice: User, client: Client) -> None:
    flag = Flag.objects.get(name=features.BANK_FUNDING)
    flag.users.add(alice)
    assert features.is_open(features.BANK_FUNDING, alice)
    flag.everyone = False
    flag.save()
    assert not features.is_open(features.BANK_FUNDING, alice)
    assert status(client)["bank_funding"] == "stopped"
    assert "Adding money by bank transfer" in text(signed_in(alice), "/home/")
    assert "Stopped for now" not in text(client, "/"), "it is nobody else's business"


def test_the_status_page_is_for_everybody(client: Client) -> None:
    flip("outgoing", on=False)
    page = text(client, "/status/")
    assert "What is open right now" in page
    assert page.count("Stopped</span>") == 3
