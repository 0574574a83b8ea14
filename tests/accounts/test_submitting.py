"""The frozen request and what OMS does with it: accepted, lost, refused, away."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.accounts.steps import ANSWERS, SSN_DIGITS, browser, make_answered, make_due, submit
from tests.control import Control
from walletapp.accounts import onboarding
from walletapp.accounts.models import Customer, Onboarding
from walletapp.accounts.reviewing import apply_customer
from walletapp.accounts.states import OnboardingState
from walletapp.accounts.tasks import submit_onboarding, sweep_onboarding
from walletapp.audit.models import AuditEvent
from walletapp.oms.client import get_client

pytestmark = pytest.mark.django_db

CREATE: dict[str, Any] = {"method": "POST", "path": "/customers$"}


def customers_at_oms(row: Onboarding) -> int:
    return len(get_client().list_customers(external_id=str(row.pk)).items)


def try_again(row: Onboarding, **changes: Any) -> Onboarding:
    make_due(row, **changes)
    submit_onboarding(str(row.pk))
    return Onboarding.objects.get(pk=row.pk)


def test_the_request_is_frozen_with_its_key_before_it_is_sent() -> None:
    user = make_answered()
    row = onboarding.freeze(user, agreed=True, ip_address="203.0.113.7")
    kept = Onboarding.objects.get(pk=row.pk)
    assert kept.state == OnboardingState.SUBMITTING
    assert kept.idempotency_key == f"local-customer-{row.pk}-1"
    body = json.loads(kept.request_body.data)
    assert body["identifyingInformation"] == [{"type": "ssn", "number": SSN_DIGITS, "issuingCountry": "US"}]
    assert body["birthDate"] == "1990-04-27"
    assert body["ipAddress"] == "203.0.113.7"
    assert body["endorsements"] == ["basic", "cryptoCustody", "usd"]
    assert body["signedAgreement"] is True


def test_a_lost_answer_is_resolved_by_the_task_with_the_same_bytes_and_key(sandbox: Control) -> None:
    sandbox.fault("dropAfterAccept", times=1, **CREATE)
    row = submit(make_answered())
    assert row.state == OnboardingState.SUBMITTING
    assert row.is_unknown
    before = (row.idempotency_key, row.request_sha256, row.request_body)
    assert "on their way" in browser(row.user).get("/identity/").content.decode()
    assert not Customer.objects.exists()

    frozen = Onboarding.objects.get(pk=row.pk)
    assert (frozen.idempotency_key, frozen.request_sha256, frozen.request_body) == before
    row = try_again(row)
    assert row.state == OnboardingState.SUBMITTED
    assert row.answers is None
    assert row.request_body is None
    assert customers_at_oms(row) == 1
    assert row.idempotency_key == before[0]


def test_an_error_before_anything_happened_is_sent_again(sandbox: Control) -> None:
    sandbox.fault("errorBefore", status=503, times=1, **CREATE)
    row = submit(make_answered())
    assert row.state == OnboardingState.SUBMITTING
    assert customers_at_oms(row) == 0
    assert try_again(row).state == OnboardingState.SUBMITTED
    assert customers_at_oms(row) == 1


def test_an_oms_that_repeats_its_first_500_for_the_key_is_looked_through(sandbox: Control) -> None:
    sandbox.fault("errorAfter", status=500, sticky=True, times=1, **CREATE)
    row = submit(make_answered())
    assert customers_at_oms(row) == 1
    row = try_again(row)
    assert row.state == OnboardingState.SUBMITTING
    assert try_again(row).state == OnboardingState.SUBMITTED
    assert customers_at_oms(row) == 1


def test_a_worker_that_died_in_the_call_leaves_a_row_that_says_so() -> None:
    row = onboarding.freeze(make_answered(), agreed=True, ip_address="")
    claimed = Onboarding.claim(row.pk)
    assert claimed is not None
    assert Onboarding.claim(row.pk) is None
    submit_onboarding(str(row.pk))
    assert Onboarding.objects.get(pk=row.pk).attempts == 1
    assert list(Onboarding.due(timezone.now() + timedelta(minutes=1))) == [claimed]


def test_a_refusal_brings_the_person_back_with_everything_kept(sandbox: Control) -> None:
    body = json.dumps({"error": {"code": "invalid", "message": "birthDate: not plausible"}})
    sandbox.fault("errorBefore", status=422, body=body, times=1, **CREATE)
    user = make_answered()
    row = submit(user)
    assert row.state == OnboardingState.ANSWERING
    assert row.request_body is None
    assert set(row.answers) == {"name", "birth", "phone", "address", "document"}
    page = browser(user).get("/identity/").content.decode()
    assert "did not accept one of your answers" in page
    assert "/identity/birth/" in page
    assert "plausible" not in page

    row = submit(user)
    assert row.state == OnboardingState.SUBMITTED
    assert row.idempotency_key == f"local-customer-{row.pk}-2"


def test_a_refusal_after_a_lost_answer_is_looked_up_before_it_is_believed(sandbox: Control) -> None:
    sandbox.fault("dropAfterAccept", times=1, nth=1, **CREATE)
    sandbox.fault("errorBefore", status=409, times=1, nth=2, **CREATE)
    row = submit(make_answered())
    assert row.is_unknown
    row = try_again(row)
    assert row.state == OnboardingState.SUBMITTED
    assert customers_at_oms(row) == 1


def test_a_conflict_with_nothing_behind_it_is_tried_again_and_then_given_back(sandbox: Control) -> None:
    sandbox.fault("errorBefore", status=409, **CREATE)
    row = submit(make_answered())
    assert row.state == OnboardingState.SUBMITTING
    assert try_again(row, attempts=4).state == OnboardingState.ANSWERING


def test_when_oms_asks_us_to_wait_we_wait_as_long_as_it_says(sandbox: Control) -> None:
    sandbox.fault("errorBefore", status=429, headers={"Retry-After": "120"}, times=1, **CREATE)
    row = submit(make_answered())
    assert row.state == OnboardingState.SUBMITTING
    assert not row.is_unknown
    assert row.due_at is not None
    assert timedelta(seconds=100) < row.due_at - timezone.now() <= timedelta(seconds=120)


def test_after_a_day_only_looking_is_left_and_the_answers_come_back(sandbox: Control) -> None:
    sandbox.fault("errorBefore", status=503, times=1, **CREATE)
    user = make_answered()
    row = submit(user)
    row = try_again(row, first_sent_at=timezone.now() - timedelta(hours=21))
    assert row.state == OnboardingState.ANSWERING
    assert customers_at_oms(row) == 0
    assert "Your answers did not arrive" in browser(user).get("/identity/").content.decode()


def test_after_a_day_a_customer_that_is_there_is_taken_up(sandbox: Control) -> None:
    sandbox.fault("dropAfterAccept", times=1, **CREATE)
    row = submit(make_answered())
    row = try_again(row, first_sent_at=timezone.now() - timedelta(hours=21))
    assert row.state == OnboardingState.SUBMITTED
    assert Customer.objects.filter(user=row.user).exists()


def test_a_correction_is_sent_until_its_outcome_is_known_however_long_that_takes(sandbox: Control) -> None:
    user = submit(make_answered()).user
    customer = Customer.objects.get(user=user)
    sandbox.decide(customer.oms_id, "issues", requirement="birthDate")
    apply_customer(customer.oms_id, {})
    onboarding.save_step(user, "birth", ANSWERS["birth"])
    sandbox.fault("errorBefore", method="PATCH", status=503, times=2)
    row = onboarding.submit(user, agreed=False, ip_address="")
    frozen = row.request_sha256

    row = try_again(row, first_sent_at=timezone.now() - timedelta(hours=21))
    assert row.state == OnboardingState.SUBMITTING
    assert row.due_at is not None
    assert row.due_at > timezone.now()
    row = try_again(row)
    assert (row.state, row.request_sha256) == (OnboardingState.SUBMITTED, frozen)


def test_a_correction_that_may_have_arrived_is_never_called_lost(sandbox: Control) -> None:
    user = submit(make_answered()).user
    customer = Customer.objects.get(user=user)
    sandbox.decide(customer.oms_id, "issues", requirement="birthDate")
    apply_customer(customer.oms_id, {})
    Onboarding.objects.filter(user=user).update(problem="not_delivered")  # by an earlier release
    page = browser(user).get("/identity/").content.decode()
    assert "We do not know whether your answers arrived" in page
    assert "has nothing of yours" not in page


def test_the_task_does_nothing_when_there_is_nothing_to_do(sandbox: Control) -> None:
    row = submit(make_answered())
    for _ in range(2):
        make_due(row)
        submit_onboarding(str(row.pk))
    assert customers_at_oms(row) == 1


def test_the_sweep_finds_what_everybody_forgot(sandbox: Control, django_capture_on_commit_callbacks: Any) -> None:
    row = onboarding.freeze(make_answered(), agreed=True, ip_address="")
    with django_capture_on_commit_callbacks() as bells:
        sweep_onboarding()
    assert len(bells) == 1
    submit_onboarding(str(row.pk))
    assert Onboarding.objects.get(pk=row.pk).state == OnboardingState.SUBMITTED


def test_the_database_refuses_a_request_under_way_without_its_bytes() -> None:
    row = onboarding.freeze(make_answered(), agreed=True, ip_address="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Onboarding.objects.filter(pk=row.pk).update(request_body=None)


def test_the_database_refuses_answers_that_outlive_their_use() -> None:
    row = onboarding.freeze(make_answered(), agreed=True, ip_address="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Onboarding.objects.filter(pk=row.pk).update(state=OnboardingState.SUBMITTED, request_body=None)


def test_what_happened_is_in_the_audit_trail(sandbox: Control) -> None:
    row = submit(make_answered())
    actions = list(AuditEvent.objects.filter(object_id=str(row.pk)).order_by("seq").values_list("action", flat=True))
    assert actions == ["onboarding.submitted", "onboarding.answered"]
