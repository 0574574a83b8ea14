"""The client and the door against the sandbox, a real process over real HTTP: the core loop without any page."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.control import Control
from tests.oms import handlers
from walletapp.money import Currency, Money
from walletapp.oms import bodies, inbox
from walletapp.oms.client import OmsClient, get_client
from walletapp.oms.errors import OmsMisconfigured, OmsOutcomeUnknown, OmsRejected, OmsUnavailable
from walletapp.oms.models import InboundEvent, WebhookEndpoint
from walletapp.oms.quote_check import check_quote
from walletapp.oms.registration import register
from walletapp.oms.schemas import Customer, Quote, Transaction, Wallet, walk

TEN = Money(10_000_000, Currency.USDC)
ADDRESS = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.fixture
def oms(sandbox: Control, settings: Any) -> OmsClient:
    settings.OMS_BASE_URL = sandbox.base_url + "/v0.9"
    return get_client()


def key() -> str:
    return f"test-{uuid.uuid4()}-0"


def new_customer(oms: OmsClient, sandbox: Control, name: str = "Alice") -> Customer:
    body = bodies.customer_body(
        external_id=str(uuid.uuid4()),
        first_name=name,
        last_name="Moreau",
        email=f"{name.lower()}@example.com",
        phone="+12125551234",
        birth_date=date(1990, 5, 15),
        nationality="US",
        residential_address=bodies.address(line1="1 Main St", city="Sacramento", state="CA", zip_code="95814"),
        documents=[bodies.identity_document(kind="ssn", number="123456789")],
        ip_address="203.0.113.7",
        signed_agreement=True,
    )
    made = oms.create_customer(body, key=key())
    assert not made.has("basic")
    sandbox.approve(made.id)
    return oms.get_customer(made.id)


def new_wallet(oms: OmsClient, customer: Customer) -> Wallet:
    return oms.create_wallet(customer.id, bodies.wallet_body(), key=key())


def send_quote(oms: OmsClient, wallet: Wallet, **more: Any) -> Quote:
    asked: dict[str, Any] = {"source_amount": TEN, "to_address": ADDRESS} | more
    body = bodies.send_quote_body(customer_id=wallet.customer_id, wallet_id=wallet.id, **asked)
    quote = oms.create_quote(body, key=key())
    check_quote(quote)
    return quote


def eventually(done: Callable[[], Any], seconds: float = 10) -> Any:
    give_up = time.monotonic() + seconds
    while not (result := done()):
        assert time.monotonic() < give_up, "it did not come true"
        time.sleep(0.05)
    return result


@pytest.fixture
def funded(oms: OmsClient, sandbox: Control) -> Wallet:
    wallet = new_wallet(oms, new_customer(oms, sandbox))
    sandbox.deposit(wallet.id, "100.00")
    return wallet


def test_a_customer_is_endorsed_gets_a_wallet_and_holds_what_arrives(oms: OmsClient, sandbox: Control) -> None:
    customer = new_customer(oms, sandbox)
    assert customer.has("basic", "cryptoCustody", "usd")
    wallet = new_wallet(oms, customer)
    assert wallet.is_active
    assert wallet.address.startswith("0x")
    assert oms.get_wallet_balance(wallet.id).balance == Money(0, Currency.USDC)
    sandbox.deposit(wallet.id, "12.345678")
    assert oms.get_wallet_balance(wallet.id).balance == Money(12_345_678, Currency.USDC)
    assert [one.id for one in oms.list_wallets(customer.id).items] == [wallet.id]
    assert oms.get_wallet(wallet.id).customer_id == customer.id
    assert oms.get_customer_balance(customer.id).customer_id in {"", customer.id}
    assert any(one.network == "polygon" for one in oms.list_networks())


def test_every_refused_and_unfinished_review_can_be_read(oms: OmsClient, sandbox: Control) -> None:
    customer = new_customer(oms, sandbox)
    sandbox.decide(customer.id, "reject", endorsement="usd", reason="Not this time.")
    usd = oms.get_customer(customer.id).endorsement("usd")
    assert usd is not None
    assert usd.status == "REJECTED"
    assert usd.reasons == ("Not this time.",)


def test_a_send_goes_from_quote_to_done_and_happens_once(oms: OmsClient, sandbox: Control, funded: Wallet) -> None:
    quote = send_quote(oms, funded)
    transfer, body_key = uuid.uuid4(), key()
    body = bodies.transaction_body(quote.id, transfer, 2**53 - 1)
    first = oms.execute_transaction(body, key=body_key)
    assert (first.status, first.quote_id, first.transfer_id) == ("processing", quote.id, str(transfer))
    assert first.partner_no in {None, 2**53 - 1}
    assert oms.execute_transaction(body, key=body_key).id == first.id
    assert oms.get_quote(quote.id).status == "accepted"
    with pytest.raises(OmsRejected) as refused:
        oms.execute_transaction(body, key=key())
    assert (refused.value.status, refused.value.code) == (409, "quoteAlreadyAccepted")
    sandbox.settle(first.id)
    done = oms.get_transaction(first.id)
    assert done.status == "completed"
    assert done.tx_hash.startswith("0x")
    assert sum(row["quoteId"] == quote.id for row in sandbox.journal()) == 1


def test_every_side_of_a_quote_can_be_fixed_and_adds_up(oms: OmsClient, sandbox: Control, funded: Wallet) -> None:
    for minor in (1_000_000, 9_999_999, 33_333_333, 50_000_001):
        amount = Money(minor, Currency.USDC)
        assert send_quote(oms, funded, source_amount=amount).source.gross == amount
        assert send_quote(oms, funded, source_amount=None, destination_amount=amount).destination.net == amount


def test_what_oms_refuses_says_why(oms: OmsClient, sandbox: Control, funded: Wallet) -> None:
    quote = send_quote(oms, funded, source_amount=Money(900_000_000, Currency.USDC))
    with pytest.raises(OmsRejected) as refused:
        oms.execute_transaction(bodies.transaction_body(quote.id, uuid.uuid4(), 1), key=key())
    assert refused.value.status in {402, 422}
    assert refused.value.code
    assert refused.value.request_id
    with pytest.raises(OmsRejected) as missing:
        oms.get_quote("qt_doesnotexist")
    assert missing.value.status == 404


def test_an_expired_quote_is_refused(oms: OmsClient, sandbox: Control, funded: Wallet) -> None:
    quote = send_quote(oms, funded)
    sandbox.advance_clock(3600)
    with pytest.raises(OmsRejected) as refused:
        oms.execute_transaction(bodies.transaction_body(quote.id, uuid.uuid4(), 2), key=key())
    assert refused.value.code == "quoteExpired"
    assert oms.get_quote(quote.id).status == "expired"


def test_cash_becomes_usdc_by_quote(oms: OmsClient, sandbox: Control) -> None:
    customer = new_customer(oms, sandbox)
    wallet = new_wallet(oms, customer)
    store, *_ = oms.list_cash_locations(
        provider="greendot", latitude=Decimal("38.5816"), longitude=Decimal("-121.4944"), limit=5
    )
    body = bodies.cash_quote_body(
        customer_id=customer.id,
        wallet_id=wallet.id,
        location_id=store.id,
        location_reference=store.reference,
        source_amount=Money(10_000, Currency.USD),
    )
    quote = oms.create_quote(body, key=key())
    check_quote(quote)
    made = oms.execute_transaction(bodies.transaction_body(quote.id, uuid.uuid4(), 3), key=key())
    assert made.cash_instructions is not None
    assert made.cash_instructions.location_name
    sandbox.pay_cash(made.cash_instructions.code, "100.00")
    done = eventually(lambda: _finished(oms, sandbox, made))
    assert oms.get_wallet_balance(wallet.id).balance == done.destination.net


def _finished(oms: OmsClient, sandbox: Control, made: Transaction) -> Transaction | None:
    found = oms.get_transaction(made.id)
    if not found.is_final:
        sandbox.settle(made.id)
        return None
    return found


def test_cash_becomes_usdc_by_cash_in(oms: OmsClient, sandbox: Control) -> None:
    customer = new_customer(oms, sandbox)
    wallet = new_wallet(oms, customer)
    store, *_ = oms.list_cash_locations(
        provider="greendot", latitude=Decimal("38.5816"), longitude=Decimal("-121.4944"), limit=5
    )
    body = bodies.cash_in_body(
        customer_id=customer.id,
        wallet_id=wallet.id,
        location_id=store.id,
        location_reference=store.reference,
        indicated_amount=Money(10_000, Currency.USD),
    )
    made = oms.create_cash_in(body, key=key())
    assert made.status == "pending"
    assert made.instructions is not None
    assert made.fee_schedule is not None
    sandbox.expire_code(made.instructions.code)
    fresh = oms.refresh_cash_in(made.id, key=key())
    assert fresh.id == made.id
    assert fresh.instructions is not None
    assert fresh.instructions.code != made.instructions.code
    sandbox.pay_cash(fresh.instructions.code, "60.00")
    paid = oms.get_cash_in(made.id)
    assert paid.transaction_id
    assert made.id in [one.id for one in oms.list_cash_ins(customer_id=customer.id).items]


def test_a_long_list_is_walked_to_its_end(oms: OmsClient, sandbox: Control, funded: Wallet) -> None:
    made = set()
    for number in range(7):
        quote = send_quote(oms, funded, source_amount=Money(2_000_000, Currency.USDC))
        body = bodies.transaction_body(quote.id, uuid.uuid4(), 100 + number)
        made.add(oms.execute_transaction(body, key=key()).id)
    since = datetime.now(UTC) - timedelta(hours=1)

    def everybody(cursor: str) -> Any:
        return oms.list_transactions(created_after=since, starting_after=cursor, limit=2)

    def one_customer(cursor: str) -> Any:
        return oms.list_customer_transactions(funded.customer_id, created_after=since, starting_after=cursor, limit=3)

    def one_wallet(cursor: str) -> Any:
        return oms.list_wallet_transactions(funded.id, starting_after=cursor, limit=4)

    for fetch in (everybody, one_customer, one_wallet):
        assert made <= {one.id for one in walk(fetch)}
    customers = walk(lambda cursor: oms.list_customers(cursor=cursor, limit=1))
    assert funded.customer_id in {one.id for one in customers}


# ----- what goes wrong on the way -----


def test_an_answer_dropped_after_executing_is_unknown_and_the_same_key_finds_it(
    oms: OmsClient, sandbox: Control, funded: Wallet
) -> None:
    quote = send_quote(oms, funded)
    body, body_key = bodies.transaction_body(quote.id, uuid.uuid4(), 4), key()
    sandbox.fault("dropAfterAccept", method="POST", path="^/v0.9/transactions$", times=1)
    with pytest.raises(OmsOutcomeUnknown):
        oms.execute_transaction(body, key=body_key)
    assert oms.get_quote(quote.id).status == "accepted"
    assert oms.execute_transaction(body, key=body_key).quote_id == quote.id
    assert sum(row["quoteId"] == quote.id for row in sandbox.journal()) <= 1


@pytest.mark.parametrize("fault", ["errorBefore", "errorAfter"])
def test_a_5xx_is_unknown_whether_or_not_it_was_executed(
    oms: OmsClient, sandbox: Control, funded: Wallet, fault: str
) -> None:
    quote = send_quote(oms, funded)
    sandbox.fault(fault, method="POST", path="^/v0.9/transactions$", times=1, status=503)
    with pytest.raises(OmsOutcomeUnknown):
        oms.execute_transaction(bodies.transaction_body(quote.id, uuid.uuid4(), 5), key=key())
    assert oms.get_quote(quote.id).status == ("accepted" if fault == "errorAfter" else "open")


def test_an_expired_token_is_replaced_unnoticed(oms: OmsClient, sandbox: Control, funded: Wallet) -> None:
    sandbox.advance_clock(2 * 3600)
    assert oms.get_wallet(funded.id).id == funded.id


def test_a_wrong_key_is_our_fault(oms: OmsClient, sandbox: Control) -> None:
    with pytest.raises(OmsMisconfigured):
        OmsClient(sandbox.base_url + "/v0.9", "sk_sdbx_demo", "wrong").list_customers()


def test_a_base_url_where_nobody_is_did_not_happen(oms: OmsClient) -> None:
    with pytest.raises(OmsUnavailable):
        OmsClient("http://localhost:1/v0.9", "sk_sdbx_demo", "x").list_customers()


# ----- the way back: webhooks -----


@pytest.fixture
def door(oms: OmsClient, live_server: Any, settings: Any) -> str:
    settings.OMS_EVENT_ROUTES = "tests.oms.handlers.ROUTES"
    handlers.seen.clear()
    handlers.failing.clear()
    url = f"{live_server.url}/webhooks/oms/test-path-token/"
    assert register(oms, url).created
    assert not register(oms, url).created
    return url


@pytest.mark.django_db(transaction=True)
def test_what_happens_at_oms_arrives_signed_and_is_applied(oms: OmsClient, sandbox: Control, door: str) -> None:
    wallet = new_wallet(oms, new_customer(oms, sandbox))
    sandbox.deposit(wallet.id, "50.00")
    quote = send_quote(oms, wallet)
    made = oms.execute_transaction(bodies.transaction_body(quote.id, uuid.uuid4(), 6), key=key())
    sandbox.settle(made.id)
    wanted = {("customer", wallet.customer_id), ("wallet", wallet.id), ("transaction", made.id)}
    eventually(lambda: wanted <= set(InboundEvent.objects.values_list("kind", "resource_id")))
    for pk in InboundEvent.due().values_list("pk", flat=True):
        inbox.apply(pk)
    assert wanted <= set(handlers.seen)
    assert set(InboundEvent.objects.values_list("secret_id", flat=True)) == {WebhookEndpoint.objects.get().oms_id}


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_comes_twice_is_kept_once(oms: OmsClient, sandbox: Control, door: str) -> None:
    sandbox.fault("duplicateWebhook")
    customer = new_customer(oms, sandbox)
    eventually(lambda: InboundEvent.objects.filter(kind="customer", resource_id=customer.id).exists())
    time.sleep(0.7)
    ids = list(InboundEvent.objects.values_list("event_id", flat=True))
    assert len(ids) == len(set(ids))
