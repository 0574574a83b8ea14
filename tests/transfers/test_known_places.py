"""What the pages of a send tell about where it goes, and what is refused there."""

import re

import pytest

from tests.builders import signed_in, usdc, wallet_of
from tests.control import Control
from tests.payees.addresses import imitating
from tests.second_factors import post_proved
from tests.transfers.steps import OUTSIDE, confirm, confirmed, drafted, finished
from walletapp.accounts.models import User
from walletapp.payees import book
from walletapp.payees.acquaintances import LookAlike
from walletapp.payees.models import Payee
from walletapp.transfers import confirming
from walletapp.transfers.models import Transfer
from walletapp.transfers.states import Kind

pytestmark = pytest.mark.django_db


def plain(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def joined(page: bytes) -> str:
    """Without any markup or space: an address in groups reads as it is."""
    return re.sub(r"<[^>]+>|\s", "", page.decode())


def test_the_review_page_counts_what_arrived_and_tells_what_is_under_way(sandbox: Control, alice: User) -> None:
    browser = signed_in(alice)

    def said() -> str:
        return plain(browser.get(f"/review/{drafted(alice, amount=usdc('1')).pk}/").content)

    assert "First time you send here." in said()
    first = confirmed(alice, amount=usdc("1"))
    assert "Nothing has arrived here yet. One send to it is on the way." in said()
    finished(sandbox, first)
    assert "You have sent here once before, on " in said()
    finished(sandbox, confirmed(alice, amount=usdc("1")))
    assert "You have sent here 2 times before, last on " in said()


def test_a_look_alike_is_shown_beside_the_address_it_imitates(sandbox: Control, alice: User) -> None:
    finished(sandbox, confirmed(alice, amount=usdc("5")))
    fake = imitating(OUTSIDE)
    answer = signed_in(alice).post("/send/", {"to": fake, "amount": "5", "side": "source", "at_exchange": "no"})
    page = answer.content.decode()

    assert OUTSIDE in joined(answer.content)
    assert fake in joined(answer.content).lower()
    assert "<mark" in page
    assert "What to do:" in page
    assert Transfer.objects.filter(user=alice, kind=Kind.SEND).count() == 1


def test_a_look_alike_that_was_drafted_before_is_refused_when_it_is_confirmed(sandbox: Control, alice: User) -> None:
    fake = drafted(alice, to=imitating(OUTSIDE), amount=usdc("5"))
    book.save(alice, OUTSIDE, "Rent")
    with pytest.raises(LookAlike):
        confirm(fake)
    assert wallet_of(alice).held == usdc("0")

    browser = signed_in(alice)
    page = browser.get(f"/review/{fake.pk}/").content.decode()
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert digest
    answer = browser.post(f"/review/{fake.pk}/", {"digest": digest[1]})
    assert answer.status_code == 422
    assert OUTSIDE in joined(answer.content)


def test_a_saved_name_stands_on_the_review_and_is_part_of_what_is_signed(alice: User) -> None:
    payee = book.save(alice, OUTSIDE, "Rent")
    draft = drafted(alice, amount=usdc("5"))
    quote = draft.quotes.get()
    digest = confirming.review_digest(draft, quote)
    assert "Rent" in plain(signed_in(alice).get(f"/review/{draft.pk}/").content)

    book.rename(alice, payee.pk, "Somebody else")
    confirming.authorize(draft, digest, "password")
    with pytest.raises(confirming.ReviewChanged):
        confirming.confirm(draft.pk, user_id=alice.pk, digest=digest)


def test_the_saved_are_offered_by_name_and_fill_in_the_form(alice: User, bob: User) -> None:
    browser = signed_in(alice)
    payee, theirs = book.save(alice, OUTSIDE, "Rent"), book.save(bob, OUTSIDE, "Mine")
    page = browser.get("/send/").content.decode()
    assert f'href="?payee={payee.pk}"' in page
    assert f'value="{OUTSIDE}"' in browser.get(f"/send/?payee={payee.pk}").content.decode()
    for nothing in (str(theirs.pk), "not-a-uuid", ""):
        assert OUTSIDE not in browser.get("/send/", {"payee": nothing}).content.decode()


def test_after_a_send_it_is_offered_to_save_whom_it_went_to(sandbox: Control, alice: User, bob: User) -> None:
    browser = signed_in(alice)
    transfer = finished(sandbox, confirmed(alice, amount=usdc("5")))
    page = f"/transfers/{transfer.pk}/"
    assert f"{page}save/" in browser.get(page).content.decode()
    assert browser.post(f"{page}save/", {"nickname": " "}).status_code == 422
    assert post_proved(browser, alice, f"{page}save/", {"nickname": "Rent"})["Location"] == page
    assert Payee.objects.for_user(alice).get().address == OUTSIDE
    assert f"{page}save/" not in browser.get(page).content.decode()
    assert signed_in(bob).get(f"{page}save/").status_code == 404


def test_a_draft_or_a_send_that_did_not_happen_offers_nothing(sandbox: Control, alice: User) -> None:
    browser = signed_in(alice)
    undone = finished(sandbox, confirmed(alice, amount=usdc("5")), "failed")
    assert "/save/" not in browser.get(f"/transfers/{undone.pk}/").content.decode()
    draft = drafted(alice, amount=usdc("5"))
    assert browser.post(f"/transfers/{draft.pk}/save/", {"nickname": "X"}).status_code == 404
