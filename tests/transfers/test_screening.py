"""Screening: a listed address is refused when a price is asked, when it is confirmed, and before OMS hears of it."""

from pathlib import Path
from typing import Any

import pytest

from tests.builders import just_proved, make_user, signed_in, usdc, wallet_of
from tests.control import Control
from tests.transfers.steps import OUTSIDE, confirm, confirmed, drafted, finished, work
from walletapp.accounts.models import User
from walletapp.audit.models import AuditEvent
from walletapp.notifications.models import Notice
from walletapp.privacy.exporting import everything
from walletapp.staff import attention
from walletapp.transfers.models import Transfer
from walletapp.transfers.screening import CannotBeSentTo, CannotScreen
from walletapp.transfers.states import Kind, State
from walletapp.wallet.models import Break

pytestmark = pytest.mark.django_db

OTHER = "0x" + "ab" * 20


@pytest.fixture
def listing(tmp_path: Path, settings: Any) -> Any:
    """Puts addresses on the list; none makes it unreadable."""

    def put(*addresses: str) -> None:
        (tmp_path / "list.txt").write_text("\n".join(addresses))

    settings.SANCTIONS_LIST = str(tmp_path / "list.txt")
    put(OTHER)
    return put


def stages() -> list[str]:
    return [event.detail["stage"] for event in AuditEvent.objects.filter(action="screening.hit").order_by("seq")]


def test_a_listed_address_gets_no_price_and_is_on_record(listing: Any, alice: User) -> None:
    listing(OUTSIDE)
    for _ in range(2):
        with pytest.raises(CannotBeSentTo, match=r"^We cannot send to this address\. Nothing was sent\."):
            drafted(alice, amount=usdc("5"))

    assert not Transfer.objects.filter(user=alice, kind=Kind.SEND).exists()
    assert stages() == ["quote", "quote"]
    assert Break.objects.get(kind="sanctions").wallet == wallet_of(alice), "one case, however often it is tried"


def test_the_file_of_ones_own_data_does_not_say_it_either(listing: Any, alice: User) -> None:
    listing(OUTSIDE)
    with pytest.raises(CannotBeSentTo):
        drafted(alice, amount=usdc("5"))

    text = "".join(everything(alice))
    assert alice.email in text
    assert "screening" not in text
    assert "sanction" not in text.lower()


def test_the_page_does_not_say_what_was_found(listing: Any, alice: User) -> None:
    listing(OUTSIDE)
    page = signed_in(alice).post("/send/", {"to": OUTSIDE, "amount": "5", "side": "source"}).content.decode()

    assert "We cannot send to this address." in page
    assert "sanction" not in page.lower()


def test_a_listed_address_is_not_confirmed(listing: Any, alice: User) -> None:
    draft = drafted(alice, amount=usdc("5"))
    listing(OUTSIDE)
    with pytest.raises(CannotBeSentTo):
        confirm(draft)

    assert wallet_of(alice).held == usdc("0")
    assert Transfer.objects.get(pk=draft.pk).state == State.QUOTED
    assert stages() == ["confirm"]


def test_a_listed_address_never_reaches_oms_and_the_money_is_free_again(
    sandbox: Control, listing: Any, alice: User
) -> None:
    transfer = confirmed(alice, amount=usdc("5"))
    listing(OUTSIDE)
    transfer = work(transfer)

    assert transfer.state == State.FAILED
    assert transfer.reason == "We cannot send to this address. Nothing left your wallet."
    assert transfer.tries.count() == 0
    assert sandbox.sends() == []
    assert (wallet_of(alice).available, wallet_of(alice).held) == (usdc("100"), usdc("0"))
    assert stages() == ["execution"]
    assert Notice.objects.filter(user=alice, kind="did_not_happen").count() == 1
    assert work(transfer).state == State.FAILED


def test_what_oms_has_taken_goes_on(sandbox: Control, listing: Any, alice: User) -> None:
    transfer = work(confirmed(alice, amount=usdc("5")))
    listing(OUTSIDE)
    assert finished(sandbox, transfer).state == State.COMPLETED


def test_a_confirmed_send_answers_its_second_click_whatever_the_list_says(listing: Any, alice: User) -> None:
    transfer = confirmed(alice, amount=usdc("5"))
    listing(OUTSIDE)
    assert confirm(transfer).pk == transfer.pk
    assert stages() == []


def test_a_customer_here_is_screened_by_the_address_of_their_wallet(listing: Any, alice: User, bob: User) -> None:
    listing(wallet_of(bob).address)
    with pytest.raises(CannotBeSentTo):
        drafted(alice, to=bob.email, amount=usdc("5"))


def test_while_the_list_cannot_be_read_nothing_is_priced_or_confirmed(listing: Any, alice: User) -> None:
    draft = drafted(alice, amount=usdc("5"))
    listing()
    with pytest.raises(CannotScreen, match="nothing was sent"):
        drafted(alice, amount=usdc("5"))
    with pytest.raises(CannotScreen):
        confirm(draft)
    assert wallet_of(alice).held == usdc("0")
    assert stages() == []


def test_while_the_list_cannot_be_read_a_confirmed_send_waits_and_then_goes(
    sandbox: Control, listing: Any, alice: User
) -> None:
    transfer = confirmed(alice, amount=usdc("5"))
    listing()
    transfer = work(transfer)
    assert (transfer.state, transfer.tries.count()) == (State.READY, 0)
    assert transfer.due_at is not None
    assert sandbox.sends() == []

    listing(OTHER)
    assert finished(sandbox, transfer).state == State.COMPLETED


def test_a_hit_comes_before_staff(listing: Any, alice: User) -> None:
    listing(OUTSIDE)
    with pytest.raises(CannotBeSentTo):
        drafted(alice, amount=usdc("5"))
    root = make_user("root", is_staff=True, is_superuser=True)
    found = {line.label: line for line in attention.lines(root)}["Sends to a sanctioned address"]

    assert found.count == 1
    page = just_proved(root).get(found.url).content.decode()
    assert alice.email in page or OUTSIDE.lower() in page
