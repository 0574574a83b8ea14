"""Bank accounts that money can go out to: one's own, checked, sealed, added once, told, removed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.banking.people import GOOD, added
from tests.builders import signed_in, usd
from tests.control import Control
from tests.second_factors import code_of, post_proved, proof_on
from walletapp import features
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.banking import accounts, by_hand
from walletapp.banking.banks import bank_of, is_routing_number
from walletapp.banking.models import ExternalAccount
from walletapp.banking.names import is_same_person
from walletapp.banking.states import ExternalAccountState as State
from walletapp.notifications.models import Notice
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet

pytestmark = pytest.mark.django_db

FORM = {**GOOD, "account_number_again": GOOD["account_number"], "nickname": "Rent"}


ADD = "/bank-transfers/accounts/add/"


def sent(browser: Client, user: User, form: dict[str, str]) -> Any:
    """The form, and the code it asks for when everything in it is right."""
    answer = browser.post(ADD, form)
    return (
        browser.post(ADD, {**form, **proof_on(answer.content, user)}) if b'name="token"' in answer.content else answer
    )


def stored_bytes() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_number FROM banking_externalaccount")
        return repr(cursor.fetchall())


# ----- numbers and names -----


@pytest.mark.parametrize("number", ["121042882", "021000021", "011401533"])
def test_a_routing_number_with_the_right_check_digit_is_one(number: str) -> None:
    assert is_routing_number(number)


@pytest.mark.parametrize(
    "number", ["121042883", "12104288", "1210428820", "000000000", "12104288a", "12104288" + chr(0xFF12), ""]
)
def test_anything_else_is_none(number: str) -> None:
    assert not is_routing_number(number)


def test_every_number_of_the_bundled_list_is_one_and_names_a_bank() -> None:
    from walletapp.banking.banks import _banks

    assert len(_banks()) > 100
    assert all(is_routing_number(number) and name for number, name in _banks().items())
    assert bank_of("121042882") == "Wells Fargo Bank"
    assert bank_of("123456780") == ""


@pytest.mark.parametrize("holder", ["Alice Example", "ALICE M. EXAMPLE", "Example, Alice", "Álice Example"])
def test_the_same_person_as_a_bank_writes_it(holder: str) -> None:
    assert is_same_person(holder, "Alice", "Example")


@pytest.mark.parametrize("holder", ["Bob Example", "Alice", "A. Example", "", "Alice Examples"])
def test_another_person_is_another(holder: str) -> None:
    assert not is_same_person(holder, "Alice", "Example")


def test_nobody_is_the_same_as_somebody_without_a_name() -> None:
    assert not is_same_person("Alice", "", "")


# ----- adding: once, twice, refused -----


def test_an_account_is_registered_at_oms_and_its_number_is_erased(insider: User) -> None:
    account = accounts.add(insider, **GOOD)
    assert (account.state, account.last4) == (State.CHECKING, "6789")
    assert GOOD["account_number"] not in stored_bytes()
    assert ExternalAccount.objects.get(pk=account.pk).account_number == GOOD["account_number"]

    accounts.provision(str(account.pk))

    account.refresh_from_db()
    assert account.state == State.VERIFIED
    assert str(account.oms_id).startswith("cpUsBank_")
    assert account.account_number is None
    assert stored_bytes() == "[(None,)]"
    assert account.is_payable


def test_adding_is_told_by_mail_and_on_record_without_the_number(insider: User) -> None:
    account = added(insider)
    notice = Notice.objects.get(user=insider, kind="bank_account_added")
    assert "6789" in notice.subject
    assert GOOD["account_number"] not in repr(notice.context)
    events = AuditEvent.objects.filter(object_id=str(account.pk))
    assert [e.action for e in events.order_by("seq")] == [
        "external_account.added",
        "external_account.registered",
        "external_account.verified",
    ]
    assert GOOD["account_number"] not in repr([e.detail for e in events])


def test_the_same_number_twice_is_one_account(insider: User, sandbox: Control) -> None:
    first, second = added(insider), added(insider, nickname="Again")
    assert first.pk == second.pk
    oms_id = insider.customer.oms_id
    assert len(get_client().list_external_accounts(oms_id).items) == 1


def test_an_account_in_another_name_is_refused_here(insider: User) -> None:
    with pytest.raises(accounts.CannotAdd) as no:
        accounts.add(insider, **{**GOOD, "owner_name": "Bob Example"})
    assert no.value.field == "owner_name"
    assert not ExternalAccount.objects.exists()


def test_without_access_nothing_is_added(outsider: User) -> None:
    with pytest.raises(features.SwitchedOff):
        accounts.add(outsider, **{**GOOD, "owner_name": "Bob Example"})
    assert not ExternalAccount.objects.exists()


def test_more_than_ten_are_refused(insider: User) -> None:
    for number in range(accounts.MOST):
        accounts.add(insider, **{**GOOD, "account_number": f"55550000{number:02}"})
    with pytest.raises(accounts.CannotAdd):
        accounts.add(insider, **{**GOOD, "account_number": "999999999"})


# ----- what OMS says -----


def test_the_bank_declines_and_the_owner_reads_why(insider: User, sandbox: Control) -> None:
    account = added(insider, account_number="555500000001")  # waits for a decision
    assert account.state == State.CHECKING
    sandbox.post(f"external-accounts/{account.oms_id}/decision", decision="decline")
    accounts.apply_external_account(str(account.oms_id), {})
    account.refresh_from_db()
    assert account.state == State.REFUSED
    assert "did not accept" in account.problem
    again = added(insider, account_number="555500000001")
    assert again.pk != account.pk, "a refused account may be added again"


def test_a_lost_event_is_made_up_for_by_asking(insider: User, sandbox: Control) -> None:
    account = added(insider, account_number="555500000001")
    sandbox.post(f"external-accounts/{account.oms_id}/decision", decision="verify")
    ExternalAccount.objects.filter(pk=account.pk).update(due_at=timezone.now())
    accounts.provision(str(account.pk))
    account.refresh_from_db()
    assert (account.state, account.due_at) == (State.VERIFIED, None)


def test_an_event_about_an_account_nobody_knows_waits() -> None:
    with pytest.raises(NotYet):
        accounts.apply_external_account("cpUsBank_unknown1", {})


def test_a_lost_answer_never_makes_a_second_account(insider: User, sandbox: Control) -> None:
    account = accounts.add(insider, **GOOD)
    sandbox.fault("dropAfterAccept", path="external-accounts", method="POST")
    accounts.provision(str(account.pk))
    account.refresh_from_db()
    assert account.oms_id is None
    ExternalAccount.objects.filter(pk=account.pk).update(due_at=timezone.now())
    accounts.provision(str(account.pk))
    account.refresh_from_db()
    assert account.state == State.VERIFIED
    assert len(get_client().list_external_accounts(insider.customer.oms_id).items) == 1


def test_where_oms_offers_no_call_staff_register_it(insider: User, settings: Any) -> None:
    settings.OMS_BANK_ACCOUNTS = "hand"
    account = accounts.add(insider, **GOOD)
    assert account.is_by_hand
    assert account.due_at is None
    assert by_hand.paste_external_account(insider, account, oms_id="cpUsBank_byhand1")
    assert not by_hand.paste_external_account(insider, account, oms_id="cpUsBank_byhand2")
    account.refresh_from_db()
    assert (account.state, account.oms_id, account.account_number) == (State.VERIFIED, "cpUsBank_byhand1", None)
    assert AuditEvent.objects.filter(action="external_account.registered").exists()


def test_an_oms_without_the_call_leaves_the_account_to_staff(insider: User, sandbox: Control) -> None:
    account = accounts.add(insider, **GOOD)
    sandbox.fault("errorBefore", status=404, path="external-accounts", method="POST")
    accounts.provision(str(account.pk))
    account.refresh_from_db()
    assert (account.is_by_hand, account.due_at, account.state) == (True, None, State.CHECKING)


# ----- new accounts -----


def test_a_new_account_waits_a_day_before_large_amounts(insider: User) -> None:
    account = added(insider)
    now = timezone.now()
    accounts.require_payable(account, usd("500.00"), now)
    with pytest.raises(accounts.AccountTooNew) as no:
        accounts.require_payable(account, usd("500.01"), now)
    assert "$500.00" in str(no.value) or "500.00" in str(no.value)
    accounts.require_payable(account, usd("500.01"), now + timedelta(hours=24, seconds=1))


def test_nothing_goes_to_an_account_that_is_not_ready(insider: User) -> None:
    account = accounts.add(insider, **GOOD)
    with pytest.raises(accounts.AccountNotReady):
        accounts.require_payable(account, usd("1.00"), timezone.now())


# ----- naming and removing -----


def test_removing_once_and_twice(insider: User) -> None:
    account = added(insider)
    assert accounts.remove(insider, account.pk) is True
    assert accounts.remove(insider, account.pk) is False
    account.refresh_from_db()
    assert account.state == State.REMOVED
    assert not ExternalAccount.objects.for_user(insider).kept().exists()


def test_nobody_names_or_removes_another_persons_account(insider: User, outsider: User) -> None:
    account = added(insider)
    assert accounts.remove(outsider, account.pk) is False
    assert accounts.rename(outsider, account.pk, "mine") is False
    account.refresh_from_db()
    assert (account.state, account.nickname) == (State.VERIFIED, "")


# ----- the pages -----


def test_the_page_adds_an_account_and_shows_the_last_four_only(insider: User) -> None:
    browser = signed_in(insider)
    page = browser.get("/bank-transfers/accounts/add/").content.decode()
    assert 'value="Alice Example"' in page
    answer = sent(browser, insider, FORM)
    assert answer.status_code == 302, answer.content.decode()
    account = ExternalAccount.objects.get()
    for url in ("/bank-transfers/accounts/", f"/bank-transfers/accounts/{account.pk}/"):
        page = browser.get(url).content.decode()
        assert "6789" in page
        assert "12345678" not in page
    assert "Rent ····6789" in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("routing_number", "121042883", "No bank has this routing number"),
        ("account_number_again", "000123456780", "The two account numbers differ"),
        ("account_number", "12", "4 to 17 digits"),
        ("owner_name", "Somebody Else", "The account must be your own"),
    ],
)
def test_the_form_says_what_is_wrong_and_adds_nothing(insider: User, field: str, value: str, says: str) -> None:
    answer = sent(signed_in(insider), insider, {**FORM, field: value})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not ExternalAccount.objects.exists()


def test_the_bank_is_filled_in_when_known_and_asked_for_when_not(insider: User) -> None:
    browser = signed_in(insider)
    fragment = browser.get("/bank-transfers/accounts/bank/?routing_number=121042882").content.decode()
    assert 'value="Wells Fargo Bank"' in fragment
    assert browser.get("/bank-transfers/accounts/bank/?routing_number=011401533").status_code == 204
    unknown = {**FORM, "routing_number": "011401533", "bank_name": ""}
    page = browser.post("/bank-transfers/accounts/add/", unknown).content.decode()
    assert "Type the name of your bank" in page
    sent(browser, insider, {**FORM, "bank_name": ""})
    assert ExternalAccount.objects.get().bank_name == "Wells Fargo Bank"


def test_an_account_is_added_with_a_code_for_exactly_what_was_shown(insider: User) -> None:
    browser = signed_in(insider)
    page = browser.post(ADD, FORM).content
    assert "ends in 6789" in page.decode(), "what is about to happen"
    token = proof_on(page, insider)["token"]
    assert not ExternalAccount.objects.exists()
    wrong = browser.post(ADD, {**FORM, "token": token, "code": "000000"})
    assert "did not work" in wrong.content.decode()
    changed = browser.post(ADD, {**FORM, "nickname": "another", "token": token, "code": code_of(insider)})
    assert "no longer up to date" in changed.content.decode(), "it was shown for another form"
    assert not ExternalAccount.objects.exists()
    proof = {"token": token, "code": code_of(insider)}
    assert browser.post(ADD, {**FORM, **proof}).status_code == 302
    assert ExternalAccount.objects.count() == 1


def test_another_persons_account_has_no_page(insider: User, sandbox: Control) -> None:
    from tests.banking.people import make_insider

    account = added(insider)
    stranger = signed_in(make_insider(sandbox, "cora"))
    assert stranger.get(f"/bank-transfers/accounts/{account.pk}/").status_code == 404
    stranger.post(f"/bank-transfers/accounts/{account.pk}/remove/")
    assert stranger.get(f"/bank-transfers/accounts/{uuid.uuid4()}/").status_code == 404
    account.refresh_from_db()
    assert account.state == State.VERIFIED


def test_an_account_shows_its_bank_once_and_its_check_only_while_it_is_checked(insider: User) -> None:
    browser = signed_in(insider)
    answer = sent(browser, insider, {**FORM, "nickname": ""})
    page = browser.get(answer["Location"]).content.decode()
    assert page.count("Our bank partner checks it now") == 1
    account = ExternalAccount.objects.get()
    accounts.provision(str(account.pk))
    page = browser.get("/bank-transfers/accounts/").content.decode()
    assert "checks it now" not in page
    assert page.count("Wells Fargo Bank") == 1
    own = browser.get(f"/bank-transfers/accounts/{account.pk}/").content.decode()
    assert "<dt>Status</dt><dd>Ready</dd>" in own
    assert "Wells Fargo Bank" not in own[own.index("<dl") : own.index("</dl>")]
    accounts.rename(insider, account.pk, "Rent")
    assert "Checking, Wells Fargo Bank" in browser.get("/bank-transfers/accounts/").content.decode()


def test_the_page_names_and_removes(insider: User) -> None:
    account, browser = added(insider), signed_in(insider)
    page, renamed = f"/bank-transfers/accounts/{account.pk}/", {"nickname": "Holidays"}
    asked = browser.post(page, renamed).content.decode()
    assert "Rename this bank account" in asked
    assert "Holidays" not in browser.get("/bank-transfers/accounts/").content.decode(), "another name wants a proof too"
    assert post_proved(browser, insider, page, renamed).status_code == 302
    assert browser.post(page, renamed).status_code == 302, "the name it has already wants none"
    assert "Holidays ····6789" in browser.get("/bank-transfers/accounts/").content.decode()
    remove = f"/bank-transfers/accounts/{account.pk}/remove/"
    assert "ends in 6789" in browser.post(remove).content.decode()
    assert "Holidays" in browser.get("/bank-transfers/accounts/").content.decode(), "it wants a proof"
    assert post_proved(browser, insider, remove, {}).status_code == 302
    assert "No account yet" in browser.get("/bank-transfers/accounts/").content.decode()
    assert browser.post(remove).status_code == 302, "safe to repeat"
