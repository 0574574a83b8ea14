"""What the trail says of money that moves: each confirmation once, by whom, in the transaction that confirms."""

import json
from typing import Any
from unittest import mock

import pytest

from tests.builders import signed_in, usd, usdc, wallet_of
from tests.control import Control
from tests.second_factors import proof_on
from tests.transfers import cash_steps
from tests.transfers.bank_steps import drafted_payout, make_account, open_payouts
from tests.transfers.steps import OUTSIDE, confirm, confirmed, drafted, finished
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.audit.trail import verify_chain
from walletapp.transfers import confirming
from walletapp.transfers.models import Transfer

pytestmark = pytest.mark.django_db


def events(transfer: Transfer) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="transfer.confirmed", object_id=str(transfer.pk)))


def test_a_send_is_in_the_trail_once_however_often_it_is_pressed(alice: User) -> None:
    browser, draft = signed_in(alice), drafted(alice, amount=usdc("25"))
    url = f"/review/{draft.pk}/"
    form = proof_on(browser.get(url).content, alice)
    for _ in range(3):
        assert browser.post(url, form).status_code == 302
    [event] = events(draft)
    assert (event.actor, event.object_type) == (alice, "transfers.transfer")
    assert event.detail == {"kind": "send", "proved": True}
    assert verify_chain() == ""


def test_a_send_that_asks_for_no_proof_is_in_the_trail_too(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("25")))
    browser, draft = signed_in(alice), drafted(alice, amount=usdc("5"))
    url = f"/review/{draft.pk}/"
    form = proof_on(browser.get(url).content, alice)
    assert set(form) == {"digest"}, "nothing is asked for"
    assert browser.post(url, form).status_code == 302
    [event] = events(draft)
    assert (event.actor, event.detail) == (alice, {"kind": "send", "proved": False})


def test_cash_and_withdrawals_are_in_the_trail_as_sends_are(alice: User) -> None:
    open_payouts(alice)
    cash = confirm(cash_steps.drafted(alice, usd("50")))
    payout = confirm(drafted_payout(make_account(alice), usdc("20")))
    assert [event.detail["kind"] for event in events(cash) + events(payout)] == ["cash_in", "withdrawal"]


def test_what_was_refused_or_rolled_back_is_not_in_the_trail(alice: User) -> None:
    draft = drafted(alice, amount=usdc("25"))
    with pytest.raises(confirming.ReviewChanged):
        confirming.confirm(draft.pk, user_id=alice.pk, digest="0" * 64)
    fails: Any = mock.Mock(side_effect=ZeroDivisionError)
    with mock.patch.object(confirming, "ring_for", fails), pytest.raises(ZeroDivisionError):
        confirm(draft)
    assert events(draft) == []
    assert wallet_of(alice).held == usdc("0")


def test_no_amount_and_nobody_else_is_named_in_it(alice: User, bob: User) -> None:
    told = json.dumps([it.detail for to in (OUTSIDE, bob.email) for it in events(confirmed(alice, to, usdc("7.77")))])
    assert told.count("proved") == 2
    assert not [word for word in (OUTSIDE, bob.email, "7.77", "7770000") if word in told]
