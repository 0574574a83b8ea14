"""What OMS's reviewers decide, however we hear of it, and what the person then sees."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.accounts.steps import ANSWERS, FORMS, browser, make_answered, make_due, submit
from tests.control import Control
from tests.locks import locks_in_order
from walletapp.accounts import onboarding
from walletapp.accounts.models import Customer, Endorsement, Onboarding, User
from walletapp.accounts.reviewing import SomebodyElses, adopt, apply_customer, bring_in_line
from walletapp.accounts.states import OnboardingState
from walletapp.accounts.tasks import review_onboarding, submit_onboarding
from walletapp.audit.models import AuditEvent
from walletapp.notifications.models import Notice
from walletapp.oms.client import get_client
from walletapp.oms.inbox import NotYet

pytestmark = pytest.mark.django_db


@pytest.fixture
def charlie(sandbox: Control) -> User:
    """Has sent everything; OMS is looking at it."""
    return submit(make_answered()).user


def customer_of(user: User) -> Customer:
    customer = Customer.of(user)
    assert customer is not None
    return customer


def hear(user: User) -> Customer:
    """An event about this customer has arrived."""
    apply_customer(customer_of(user).oms_id, {})
    return customer_of(user)


def page_of(user: User) -> str:
    return browser(user).get("/identity/").content.decode()


def kinds_told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("created_at").values_list("kind", flat=True))


def test_in_review_is_a_place_to_rest(charlie: User) -> None:
    page = page_of(charlie)
    assert "In review" in page
    assert "You can close this page" in page
    assert "wallet:tick" in page
    assert not customer_of(charlie).may_hold_money


def test_approved_says_what_is_now_possible(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    assert hear(charlie).may_hold_money
    page = page_of(charlie)
    assert page.count("Approved for you") == 3
    assert "Bank transfers (early access)" in page
    assert "Not offered yet" in page
    assert "wallet:tick" not in page


def test_a_verdict_that_leaves_custody_open_opens_no_wallet(sandbox: Control, charlie: User) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "approve", endorsement="basic")
    assert not hear(charlie).may_hold_money
    page = page_of(charlie)
    assert "In review" in page
    assert "Approved for you" not in page
    assert kinds_told(charlie) == []


def test_the_person_is_told_once_however_often_we_hear_it(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    for _ in range(3):
        hear(charlie)
    assert kinds_told(charlie) == ["verified"]


def test_more_needed_shows_only_the_failing_item_and_takes_only_that(sandbox: Control, charlie: User) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "issues", requirement="residentialAddress")
    hear(charlie)
    assert kinds_told(charlie) == ["more_needed"]
    page = page_of(charlie)
    assert "Where you live" in page
    assert "A PO box cannot be used" in page
    assert "/identity/name/" not in page
    assert "/identity/document/" not in page
    with pytest.raises(onboarding.NotAsked):
        onboarding.save_step(charlie, "document", ANSWERS["document"])

    client = browser(charlie)
    assert client.post("/identity/address/", FORMS["address"])["Location"] == "/identity/review/"
    page = client.get("/identity/review/").content.decode()
    assert "12 Canary Street" in page
    assert "Rivera" not in page
    assert "agreed" not in page
    row = onboarding.freeze(charlie, agreed=False, ip_address="")
    assert set(json.loads(row.request_body.data)) == {"residentialAddress"}
    assert row.operation == Onboarding.Operation.UPDATE
    submit_onboarding(str(row.pk))
    row.refresh_from_db()
    assert row.state == OnboardingState.SUBMITTED
    assert row.answers is None
    assert "In review" in page_of(charlie)

    sandbox.approve(customer_of(charlie).oms_id)
    hear(charlie)
    assert "You are verified" in page_of(charlie)
    assert kinds_told(charlie) == ["more_needed", "verified"]


def test_a_correction_whose_answer_got_lost_is_sent_again(sandbox: Control, charlie: User) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "issues", requirement="birthDate")
    hear(charlie)
    onboarding.save_step(charlie, "birth", ANSWERS["birth"])
    sandbox.fault("dropAfterAccept", method="PATCH", times=1)
    row = onboarding.submit(charlie, agreed=False, ip_address="")
    assert row.state == OnboardingState.SUBMITTING
    frozen = row.request_sha256
    make_due(row)
    submit_onboarding(str(row.pk))
    row.refresh_from_db()
    assert (row.state, row.request_sha256) == (OnboardingState.SUBMITTED, frozen)


def test_a_correction_nobody_wants_any_more_is_erased(sandbox: Control, charlie: User) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "issues", requirement="residentialAddress")
    hear(charlie)
    onboarding.save_step(charlie, "address", ANSWERS["address"])
    assert Onboarding.objects.get(user=charlie).state == OnboardingState.ANSWERING
    sandbox.approve(customer_of(charlie).oms_id)
    hear(charlie)
    row = Onboarding.objects.get(user=charlie)
    assert row.state == OnboardingState.SUBMITTED
    assert row.answers is None


def test_an_item_we_have_no_step_for_says_who_can_help(sandbox: Control, charlie: User) -> None:
    customer = customer_of(charlie)
    customer.endorsements.filter(name="basic").update(status="ISSUES", missing=["sourceOfFunds"])
    page = page_of(charlie)
    assert "sourceOfFunds" in page
    assert "A person looks at it" in page
    assert "mailto:" in page


def test_refused_says_so_and_what_happens_to_any_balance(sandbox: Control, charlie: User) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "reject", reason="We could not match your name to the number.")
    hear(charlie)
    page = page_of(charlie)
    assert "We could not verify you" in page
    assert "We could not match your name to the number." in page
    assert "It stays yours" in page
    assert "/identity/name/" not in page
    assert kinds_told(charlie) == ["refused"]
    assert browser(charlie).get("/identity/name/")["Location"] == "/identity/"


@pytest.mark.parametrize("page", ["/home/", "/receive/", "/activity/"])
def test_somebody_refused_is_not_led_to_a_wallet(sandbox: Control, charlie: User, page: str) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "reject", reason="We could not match your name to the number.")
    hear(charlie)
    seen = browser(charlie).get(page).content.decode()
    for said in ("We cannot open a wallet for you", "no money of yours is here", "mailto:", "What this means"):
        assert said.lower() in seen.lower()
    for offered in ("A few steps", "what is left to do", "as soon as you are verified", "Register interest"):
        assert offered not in seen
    assert "This is not open to you" in browser(charlie).get("/send/", follow=True).content.decode()


def test_a_refusal_without_a_reason_says_that_none_was_told(sandbox: Control, charlie: User) -> None:
    sandbox.decide(customer_of(charlie).oms_id, "reject")
    hear(charlie)
    Endorsement.objects.filter(customer__user=charlie).update(reasons=[])
    assert "Open Money Stack did not tell us a reason." in page_of(charlie)


def test_taken_back_closes_the_door_and_says_what_happens_to_any_balance(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    hear(charlie)
    sandbox.decide(customer_of(charlie).oms_id, "revoke")
    assert not hear(charlie).may_hold_money
    page = page_of(charlie)
    assert "If there is money in your wallet" in page
    assert "Approved for you" not in page
    assert kinds_told(charlie) == ["verified", "more_needed"]


def test_a_customer_made_inactive_is_closed(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    hear(charlie)
    get_client().delete_customer(customer_of(charlie).oms_id)
    assert not hear(charlie).may_hold_money
    assert "Your wallet is closed" in page_of(charlie)


def test_a_lost_event_costs_at_most_a_poll(sandbox: Control, charlie: User) -> None:
    row = Onboarding.objects.get(user=charlie)
    assert row.due_at is not None
    assert row.due_at - timezone.now() <= timedelta(seconds=10)
    sandbox.approve(customer_of(charlie).oms_id)
    make_due(row)
    review_onboarding(str(row.pk))
    assert customer_of(charlie).may_hold_money


def test_polls_come_more_and_more_seldom_and_never_stop(sandbox: Control, charlie: User) -> None:
    row = Onboarding.objects.get(user=charlie)
    waits = []
    for _ in range(6):
        make_due(row)
        review_onboarding(str(row.pk))
        row.refresh_from_db()
        assert row.due_at is not None
        waits.append((row.due_at - timezone.now()).total_seconds())
    assert waits[0] <= 10
    assert 1000 < waits[-1] <= 3600
    assert waits[:5] == sorted(waits[:5])


def test_oms_being_away_only_postpones_the_poll(sandbox: Control, charlie: User) -> None:
    row = Onboarding.objects.get(user=charlie)
    make_due(row)
    sandbox.fault("errorBefore", method="GET", status=503)
    review_onboarding(str(row.pk))
    row.refresh_from_db()
    assert row.state == OnboardingState.SUBMITTED
    assert row.due_at is not None
    assert row.due_at > timezone.now()


def test_an_older_reading_never_replaces_a_newer_one(sandbox: Control, charlie: User) -> None:
    customer = customer_of(charlie)
    before = timezone.now()
    in_review = get_client().get_customer(customer.oms_id)
    sandbox.approve(customer.oms_id)
    hear(charlie)
    bring_in_line(customer.pk, in_review, before)
    assert customer_of(charlie).may_hold_money


def test_an_event_that_overtakes_the_answer_settles_the_request(sandbox: Control) -> None:
    sandbox.fault("dropAfterAccept", method="POST", path="/customers$", times=1)
    row = submit(make_answered())
    assert row.state == OnboardingState.SUBMITTING
    (there,) = get_client().list_customers(external_id=str(row.pk)).items
    apply_customer(there.id, {})
    row.refresh_from_db()
    assert row.state == OnboardingState.SUBMITTED
    assert row.answers is None
    make_due(row)
    submit_onboarding(str(row.pk))
    assert len(get_client().list_customers(external_id=str(row.pk)).items) == 1


def test_a_customer_nobody_knows_here_is_parked(sandbox: Control) -> None:
    stranger = get_client().create_customer(
        b'{"type":"individual","externalId":"somebody-elses"}', key="test-stranger-1"
    )
    with pytest.raises(NotYet):
        apply_customer(stranger.id, {})


def test_another_persons_customer_is_never_taken(sandbox: Control, charlie: User) -> None:
    other = onboarding.freeze(make_answered("mallory"), agreed=True, ip_address="")
    answer = get_client().get_customer(customer_of(charlie).oms_id)
    with pytest.raises(SomebodyElses):
        adopt(other.pk, answer, timezone.now())
    assert not Customer.objects.filter(user=other.user).exists()
    assert Onboarding.objects.get(pk=other.pk).state == OnboardingState.SUBMITTING


def test_an_endorsement_oms_no_longer_mentions_is_no_longer_granted(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    hear(charlie)
    changes: dict[str, Any] = {"endorsements": [{"name": "basic", "status": "ACTIVE"}]}
    sandbox.fault("mutate", method="GET", times=1, set=changes)
    assert not hear(charlie).may_hold_money


def test_every_change_of_an_endorsement_is_in_the_audit_trail(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    customer = hear(charlie)
    changes = AuditEvent.objects.filter(action="endorsement.changed", object_id=str(customer.pk))
    seen = {(event.detail["name"], event.detail["before"], event.detail["now"]) for event in changes}
    assert ("cryptoCustody", "PENDING", "ACTIVE") in seen
    assert Endorsement.objects.filter(customer=customer).count() == 3


def test_a_word_of_oms_that_is_longer_than_any_we_know_is_kept_and_opens_nothing(
    sandbox: Control, charlie: User
) -> None:
    status, name = "PENDING_" + "MANUAL" * 10, "e" * 90
    both = [{"name": "basic", "status": status[:60]}, {"name": name, "status": status}]
    changes: dict[str, Any] = {"endorsements": both}
    sandbox.fault("mutate", method="GET", times=2, set=changes)
    for _ in range(2):
        customer = hear(charlie)

    assert customer.endorsements.get(name="basic").status == status[:60]
    assert customer.endorsements.get(name=name[:64]).status == status[:64]
    assert not customer.may_hold_money


@pytest.mark.parametrize("by", ["event", "answer"])
def test_rows_are_locked_in_one_order(charlie: User, by: str) -> None:
    customer = customer_of(charlie)
    row = Onboarding.objects.get(user=charlie)
    answer = get_client().get_customer(customer.oms_id)
    Endorsement.objects.filter(customer=customer).update(status="INACTIVE")  # so that there is something to record
    order = ["accounts_onboarding", "accounts_customer", "accounts_endorsement", "audit_audithead"]
    with locks_in_order(*order):
        if by == "event":
            bring_in_line(customer.pk, answer, timezone.now())
        else:
            adopt(row.pk, answer, timezone.now())


def test_a_customer_without_onboarding_is_brought_in_line_too(sandbox: Control, charlie: User) -> None:
    sandbox.approve(customer_of(charlie).oms_id)
    Onboarding.objects.filter(user=charlie).delete()
    assert hear(charlie).may_hold_money
    assert Onboarding.objects.get(user=charlie).due_at is not None
