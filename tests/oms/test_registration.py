"""Exactly one webhook of ours at OMS whose secret we hold, whatever happened before."""

import json
import socket
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.oms.wire import Request, Wire, answer, resets, says
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import OmsOutcomeUnknown
from walletapp.oms.models import WebhookEndpoint
from walletapp.oms.registration import register

pytestmark = pytest.mark.django_db

URL = "https://wallet.example/webhooks/oms/test-path-token/"


class Hooks:
    """OMS's webhooks, as far as the contract goes; replays the first answer for a known key."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.rows: list[dict[str, Any]] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.drop_next = False
        self.made = 0
        wire.on("GET /webhooks", self.index)
        wire.on("POST /webhooks", self.create)

    def add(self, **more: Any) -> dict[str, Any]:
        self.made += 1
        row = {
            "id": f"whk_{self.made}",
            "object": "webhook",
            "url": URL,
            "enabled": True,
            "status": "active",
            "complianceOnly": False,
            **more,
        }
        self.rows.append(row)
        self.wire.on(f"PATCH /webhooks/{row['id']}", self.patch)
        return row

    def index(self, request: Request, sock: socket.socket) -> None:
        sock.sendall(answer(200, {"data": self.rows}))

    def create(self, request: Request, sock: socket.socket) -> None:
        key = request.headers["idempotency-key"]
        if key not in self.keys:
            row = self.add(url=request.json["url"])
            self.keys[key] = row | {"secret": "whsec_" + f"{self.made:02}" * 32}
        if self.drop_next:
            self.drop_next = False
            resets(request, sock)
            return
        sock.sendall(answer(201, self.keys[key]))

    def patch(self, request: Request, sock: socket.socket) -> None:
        row = next(row for row in self.rows if request.path.endswith(row["id"]))
        row["enabled"] = json.loads(request.body)["enabled"]
        sock.sendall(answer(200, row))

    def enabled(self) -> list[str]:
        return [row["id"] for row in self.rows if row["enabled"]]


@pytest.fixture
def hooks(wire: Wire) -> Hooks:
    return Hooks(wire)


def test_the_first_time_it_is_created_and_its_secret_kept(hooks: Hooks, client: OmsClient) -> None:
    done = register(client, URL)
    assert (done.webhook_id, done.created) == ("whk_1", True)
    row = WebhookEndpoint.objects.get()
    assert (row.oms_id, row.url, row.active, row.secret) == ("whk_1", URL, True, "whsec_" + "01" * 32)


def test_the_second_time_nothing_happens(hooks: Hooks, client: OmsClient) -> None:
    register(client, URL)
    done = register(client, URL)
    assert (done.webhook_id, done.created, done.switched_off) == ("whk_1", False, ())
    assert len(hooks.rows) == 1


def test_one_whose_secret_nobody_holds_is_replaced_and_switched_off(hooks: Hooks, client: OmsClient) -> None:
    hooks.add()
    done = register(client, URL)
    assert (done.webhook_id, done.created, done.switched_off) == ("whk_2", True, ("whk_1",))
    assert hooks.enabled() == ["whk_2"]


def test_others_are_left_alone(hooks: Hooks, client: OmsClient) -> None:
    hooks.add(url="https://somebody.example/hook")
    hooks.add(complianceOnly=True)
    register(client, URL)
    assert hooks.enabled() == ["whk_1", "whk_2", "whk_3"]


def test_ours_is_resumed_when_oms_has_switched_it_off(hooks: Hooks, client: OmsClient) -> None:
    register(client, URL)
    hooks.rows[0]["enabled"] = False
    assert register(client, URL).resumed is True
    assert hooks.enabled() == ["whk_1"]


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(hooks: Hooks, client: OmsClient) -> None:
    hooks.drop_next = True
    with pytest.raises(OmsOutcomeUnknown):
        register(client, URL)
    done = register(client, URL)
    assert done.webhook_id == "whk_1"
    assert hooks.enabled() == ["whk_1"]
    assert WebhookEndpoint.objects.get().secret == "whsec_" + "01" * 32


def test_one_that_oms_has_forgotten_is_made_anew(hooks: Hooks, client: OmsClient) -> None:
    register(client, URL)
    hooks.rows.clear()
    hooks.add(url="https://other.example/")
    assert register(client, URL).created is True
    assert WebhookEndpoint.objects.filter(active=True).count() == 1


def test_an_operator_who_holds_the_secret_keeps_their_webhook(hooks: Hooks, client: OmsClient, settings: Any) -> None:
    settings.OMS_WEBHOOK_SECRETS = ["whsec_" + "ee" * 32]
    hooks.add()
    done = register(client, URL)
    assert (done.webhook_id, done.created) == ("whk_1", False)
    assert not WebhookEndpoint.objects.exists()


@pytest.fixture
def _at_the_wire(wire: Wire, settings: Any) -> None:
    settings.OMS_BASE_URL = wire.base_url
    settings.OMS_WEBHOOK_URL = URL


@pytest.mark.usefixtures("_at_the_wire")
def test_the_command_says_what_it_did_and_never_the_secret(hooks: Hooks) -> None:
    hooks.add()
    out = StringIO()
    call_command("register_webhook", "--url", URL, stdout=out)
    call_command("register_webhook", "--url", URL, stdout=out)
    assert "whk_2 registered" in out.getvalue()
    assert "whk_1 switched off" in out.getvalue()
    assert "whk_2 already registered" in out.getvalue()
    assert "whsec_" not in out.getvalue()


@pytest.mark.usefixtures("_at_the_wire")
def test_the_command_fails_with_a_sentence_when_oms_is_away(wire: Wire) -> None:
    wire.on("GET /webhooks", says(503, {}))
    with pytest.raises(CommandError, match="OmsUnavailable"):
        call_command("register_webhook", stdout=StringIO())


@pytest.mark.usefixtures("_at_the_wire")
def test_check_oms_says_what_works(wire: Wire, hooks: Hooks) -> None:
    wire.on("GET /customers", says(200, {"data": [], "hasMore": False}))
    wire.on("GET /transactions", says(200, {"data": [], "hasMore": False}))
    out = StringIO()
    call_command("check_oms", stdout=out)
    assert "list of customers: yes" in out.getvalue()
    assert "our webhook: none" in out.getvalue()
    hooks.add()
    call_command("check_oms", stdout=out)
    assert "our webhook: whk_1" in out.getvalue()


@pytest.mark.usefixtures("_at_the_wire")
def test_check_oms_says_what_does_not(wire: Wire) -> None:
    wire.on("POST /auth/token", says(401, {}))
    out = StringIO()
    with pytest.raises(CommandError, match="OmsMisconfigured"):
        call_command("check_oms", stdout=out)
    assert "list of customers: no" in out.getvalue()
