"""What staff do: let people in, open and register accounts by hand, answer; each on record, nothing else editable."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.banking.people import GOOD, make_insider
from tests.builders import just_proved, make_customer, make_user, signed_in, usd
from tests.control import Control
from walletapp import features
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.banking import accounts, interest, missing, opening
from walletapp.banking.models import ExternalAccount, InterestEntry, MissingDeposit, VirtualAccount
from walletapp.notifications.delivery import make_message
from walletapp.notifications.models import Notice

pytestmark = pytest.mark.django_db

ANSWERS: dict[str, Any] = {"use_case": "pay_in", "monthly_volume": "to_2000", "state": "TX", "consents": True}
DETAILS = {
    "new_oms_id": "va_byhand1",
    "bank_name": "Lead Bank",
    "routing_number": "121042882",
    "number": "9876543210",
    "account_type": "checking",
    "owner_name": "Alice Example",
    "reference": "VA-1",
}


@pytest.fixture
def root() -> Client:
    return just_proved(make_user("root", is_staff=True, is_superuser=True))


WHY = "Among the first hundred who asked"


def act(browser: Client, action: str, *entries: InterestEntry, words: str = WHY) -> Any:
    form = {"action": action, "_selected_action": [str(entry.pk) for entry in entries], "words": words}
    return browser.post("/admin/banking/interestentry/", form, follow=True)


# ----- letting people in -----


def test_the_chosen_people_are_let_in_by_flag_and_written_to_once(root: Client, sandbox: Control) -> None:
    alice, bob = make_customer(sandbox, "alice"), make_customer(sandbox, "bob")
    entries = [interest.register(user, **ANSWERS) for user in (alice, bob)]
    for _ in range(2):
        answer = act(root, "open_funding", entries[0])
        assert answer.status_code == 200

    assert features.is_open(features.BANK_FUNDING, alice)
    assert not features.is_open(features.BANK_FUNDING, bob)
    notice = Notice.objects.get(kind="bank_access")
    assert notice.user == alice
    assert "adding money by bank transfer" in make_message(notice).body.lower()
    entries[0].refresh_from_db()
    assert entries[0].opened_at is not None
    event = AuditEvent.objects.get(action="flag.given")
    assert event.detail == {"name": "bank_funding", "user": str(alice.public_id)}
    assert event.reason == WHY
    assert signed_in(alice).get("/bank-transfers/add-money/").status_code == 200


def test_without_a_reason_nobody_is_let_in(root: Client) -> None:
    user = make_user("alice")
    answer = act(root, "open_funding", interest.register(user, **ANSWERS), words="short")
    assert "Write why in at least 15 characters. Nothing was done." in answer.content.decode()
    assert not features.is_on(features.BANK_FUNDING, user)
    assert not Notice.objects.exists()


def test_each_rail_has_an_action_and_a_mail_of_its_own(root: Client, sandbox: Control) -> None:
    alice = make_customer(sandbox, "alice")
    entry = interest.register(alice, **ANSWERS)
    for action in ("open_funding", "open_ach", "open_wire"):
        act(root, action, entry)
    assert all(features.is_open(flag, alice) for flag in features.FLAGS)
    assert Notice.objects.filter(kind="bank_access").count() == 3


def test_everything_is_given_at_once_with_one_letter_that_names_it_all(root: Client, sandbox: Control) -> None:
    alice, bob = make_customer(sandbox, "alice"), make_customer(sandbox, "bob")
    entries = [interest.register(user, **ANSWERS) for user in (alice, bob)]
    answer = act(root, "open_everything", *entries).content.decode()
    everything = "adding money by bank transfer, withdrawing to a bank by ACH and withdrawing to a bank by wire"
    assert f"2 people were given access: {everything}." in answer
    assert all(features.is_open(flag, alice) for flag in features.FLAGS)
    notice = Notice.objects.get(kind="bank_access", user=alice)
    assert notice.subject == f"Open for you: {everything.replace('adding', 'Adding')}"
    interest.tell_what_opened(entries[0].pk)
    answer = act(root, "open_ach", entries[0]).content.decode()
    assert "1 person had that already, or is off the list." in answer
    assert Notice.objects.filter(kind="bank_access").count() == 2


def test_the_list_says_which_accesses_were_given(root: Client, sandbox: Control) -> None:
    entry = interest.register(make_customer(sandbox, "alice"), **ANSWERS)
    given = r'class="field-access">([^<]*)<'
    assert re.findall(given, root.get("/admin/banking/interestentry/").content.decode()) == ["none"]
    act(root, "open_wire", entry)
    assert "1 person was given access: withdrawing to a bank by ACH." in act(root, "open_ach", entry).content.decode()
    assert re.findall(given, root.get("/admin/banking/interestentry/").content.decode()) == ["ACH, wire"]


def test_whoever_withdrew_is_not_let_in_and_not_written_to(root: Client) -> None:
    user = make_user("alice")
    entry = interest.register(user, **ANSWERS)
    interest.withdraw(user)
    answer = act(root, "open_funding", entry)
    assert "1 person had that already, or is off the list." in answer.content.decode()
    assert not features.is_on(features.BANK_FUNDING, user)
    assert not Notice.objects.exists()


def test_a_clerk_without_the_right_to_change_flags_lets_nobody_in() -> None:
    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_interestentry"))
    user = make_user("alice")
    entry = interest.register(user, **ANSWERS)
    act(just_proved(clerk), "open_funding", entry)
    assert not features.is_on(features.BANK_FUNDING, user)


# ----- by hand -----


@pytest.fixture
def by_hand_alice(sandbox: Control, settings: Any) -> User:
    settings.OMS_BANK_ACCOUNTS = "hand"
    return make_insider(sandbox)


def test_staff_paste_the_id_and_details_and_the_owner_sees_them(root: Client, by_hand_alice: User) -> None:
    account = opening.ask_for_account(by_hand_alice)
    page = reverse("admin:banking_virtualaccount_change", args=[account.pk])
    assert by_hand_alice.customer.oms_id in root.get(page).content.decode()
    assert root.post(page, DETAILS).status_code == 302
    account.refresh_from_db()
    assert (account.state, account.oms_id, account.account_number) == ("active", "va_byhand1", "9876543210")
    shown = signed_in(by_hand_alice).get("/bank-transfers/add-money/").content.decode()
    assert 'data-copy="9876543210"' in shown
    event = AuditEvent.objects.get(action="virtual_account.opened")
    assert event.detail["by_hand"] is True
    assert event.actor is not None
    assert root.post(page, DETAILS).status_code == 403, "once"
    assert "9876543210" not in root.get(page).content.decode()


@pytest.mark.parametrize(("field", "value"), [("new_oms_id", "cpUsBank_1"), ("routing_number", "121042883")])
def test_a_wrong_id_or_routing_number_is_refused(root: Client, by_hand_alice: User, field: str, value: str) -> None:
    account = opening.ask_for_account(by_hand_alice)
    page = reverse("admin:banking_virtualaccount_change", args=[account.pk])
    assert root.post(page, {**DETAILS, field: value}).status_code == 200
    assert VirtualAccount.objects.get().state == "opening"


def test_staff_read_the_number_with_a_reason_and_register_the_account(root: Client, by_hand_alice: User) -> None:
    account = accounts.add(by_hand_alice, **GOOD)
    number = reverse("admin:reveal", args=["banking", "externalaccount", account.pk, "account_number"])
    page = reverse("admin:banking_externalaccount_change", args=[account.pk])
    assert GOOD["account_number"] not in root.get(page).content.decode()
    because = {"why": "bank", "words": "To be given to OMS, which opens it by hand"}
    assert GOOD["account_number"] not in root.post(number, {**because, "words": " "}).content.decode()
    assert GOOD["account_number"] in root.post(number, because).content.decode()
    assert AuditEvent.objects.get(action="sealed.revealed").reason == because["words"]

    assert root.post(page, {"new_oms_id": "cpUsBank_hand1", "refused_because": ""}).status_code == 302
    account.refresh_from_db()
    assert (account.state, account.oms_id) == ("verified", "cpUsBank_hand1")
    assert GOOD["account_number"] not in root.post(number, because).content.decode(), "erased"


def test_staff_refuse_an_account_in_words_for_its_owner(root: Client, by_hand_alice: User) -> None:
    account = accounts.add(by_hand_alice, **GOOD)
    page = reverse("admin:banking_externalaccount_change", args=[account.pk])
    root.post(page, {"new_oms_id": "", "refused_because": "The bank does not know this number."})
    assert ExternalAccount.objects.get().state == "refused"
    assert "The bank does not know this number." in (
        signed_in(by_hand_alice).get("/bank-transfers/accounts/").content.decode()
    )


def test_what_waits_for_staff_stands_on_the_front_page(root: Client, by_hand_alice: User) -> None:
    opening.ask_for_account(by_hand_alice)
    page = root.get("/admin/").content.decode()
    assert "Account numbers to be opened by hand" in page
    assert "/admin/banking/virtualaccount/?by_hand=yes" in page
    assert by_hand_alice.email in root.get("/admin/banking/virtualaccount/?by_hand=yes").content.decode()


def test_staff_answer_a_customer_who_misses_money(root: Client, by_hand_alice: User) -> None:
    from django.utils import timezone

    report = missing.report(
        by_hand_alice, amount=usd("250.00"), sent_on=timezone.localdate(), rail="ach", bank_name="Chase"
    )
    page = reverse("admin:banking_missingdeposit_change", args=[report.pk])
    root.post(page, {"words": "Your bank sent it back; ask them for the trace."})
    assert MissingDeposit.objects.get().answer.startswith("Your bank")
    assert Notice.objects.filter(kind="missing_answered").count() == 1
    assert root.post(page, {"words": "Another"}).status_code == 403
