"""Staff read deliveries, change none, and can put one back to work."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.builders import just_proved
from tests.oms.deliveries import SECRET, deliver, envelope
from walletapp.audit.models import AuditEvent
from walletapp.oms.models import InboundEvent, WebhookEndpoint

pytestmark = pytest.mark.django_db

LIST = "admin:oms_inboundevent_changelist"
WHY = "The customer is known by now"


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.OMS_WEBHOOK_SECRETS = [SECRET]


@pytest.fixture
def staff() -> Client:
    return sign_in("view_inboundevent", "change_inboundevent", "view_webhookendpoint")


def sign_in(*permissions: str) -> Client:
    user: Any = get_user_model().objects.create_user(f"{len(permissions)}@staff.example", "x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return just_proved(user)


@pytest.fixture
def event() -> InboundEvent:
    deliver(envelope(data={"object": "customer", "id": "cst_1", "firstName": "Canary-Firstname"}))
    return InboundEvent.objects.get()


def test_the_list_finds_and_filters_and_shows_no_body(staff: Client, event: InboundEvent) -> None:
    page = staff.get(reverse(LIST), {"q": "cst_1", "state__exact": "received"}).content.decode()
    assert "cst_1" in page
    assert "Canary-Firstname" not in page
    assert "/admin/accounts/customer/?q=cst_1" in page


def test_the_body_stays_sealed_until_somebody_with_the_right_gives_a_reason(event: InboundEvent) -> None:
    reader = sign_in("view_inboundevent", "reveal_sealed")
    page = reader.get(reverse("admin:oms_inboundevent_change", args=[event.pk])).content.decode()
    address = reverse("admin:reveal", args=["oms", "inboundevent", event.pk, "body"])
    assert "Canary-Firstname" not in page
    assert "_save" not in page
    assert address in page
    because = {"why": "routine", "words": "Why does this delivery come back again"}
    assert "Canary-Firstname" in reader.post(address, because).content.decode()
    assert sign_in("view_inboundevent").post(address, because).status_code == 403


def test_a_delivery_whose_body_was_erased_is_not_put_back_to_work(staff: Client, event: InboundEvent) -> None:
    InboundEvent.objects.update(state="dead", due_at=None, body=None)
    staff.post(reverse(LIST), {"action": "apply_again", "_selected_action": [event.pk], "words": WHY})
    event.refresh_from_db()
    assert event.state == "dead"
    assert "none, or erased" in staff.get(reverse("admin:oms_inboundevent_change", args=[event.pk])).content.decode()


def test_nothing_can_be_added_changed_or_deleted_by_hand(staff: Client, event: InboundEvent) -> None:
    assert staff.get(reverse("admin:oms_inboundevent_add")).status_code == 403
    assert staff.post(reverse("admin:oms_inboundevent_delete", args=[event.pk]), {"post": "yes"}).status_code == 403
    staff.post(reverse("admin:oms_inboundevent_change", args=[event.pk]), {"state": "applied"})
    event.refresh_from_db()
    assert event.state == "received"


def test_a_delivery_that_was_given_up_is_put_back_to_work_and_that_is_recorded(
    staff: Client, event: InboundEvent
) -> None:
    InboundEvent.objects.update(state="dead", due_at=None, attempts=12)
    staff.post(reverse(LIST), {"action": "apply_again", "_selected_action": [event.pk], "words": WHY})
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 0)
    found = AuditEvent.objects.get(action="oms.event.apply_again")
    assert (found.object_id, found.reason) == (str(event.pk), WHY)


@pytest.mark.parametrize("words", ["", "  again please "])
def test_without_a_reason_it_stays_where_it_is(staff: Client, event: InboundEvent, words: str) -> None:
    InboundEvent.objects.update(state="dead", due_at=None, attempts=12)
    assert 'name="words"' in staff.get(reverse(LIST)).content.decode()
    form = {"action": "apply_again", "_selected_action": [event.pk], "words": words}
    answer = staff.post(reverse(LIST), form, follow=True)
    assert "Write why in at least 15 characters. Nothing was done." in answer.content.decode()
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("dead", 12)
    assert not AuditEvent.objects.exists()


def test_a_delivery_that_is_done_stays_done(staff: Client, event: InboundEvent) -> None:
    InboundEvent.objects.update(state="applied", due_at=None)
    staff.post(reverse(LIST), {"action": "apply_again", "_selected_action": [event.pk], "words": WHY})
    event.refresh_from_db()
    assert event.state == "applied"
    assert not AuditEvent.objects.exists()


def test_staff_who_may_only_look_cannot_put_it_back(event: InboundEvent) -> None:
    InboundEvent.objects.update(state="dead", due_at=None)
    sign_in("view_inboundevent").post(
        reverse(LIST), {"action": "apply_again", "_selected_action": [event.pk], "words": WHY}
    )
    event.refresh_from_db()
    assert event.state == "dead"


def test_the_secret_of_a_webhook_is_on_no_page(staff: Client) -> None:
    row = WebhookEndpoint.objects.create(oms_id="whk_1", url="https://x.example/", secret=SECRET, active=True)
    listing = staff.get(reverse("admin:oms_webhookendpoint_changelist")).content.decode()
    page = staff.get(reverse("admin:oms_webhookendpoint_change", args=[row.pk])).content.decode()
    assert "whk_1" in listing
    assert "whk_1" in page
    assert "whsec_" not in listing + page
