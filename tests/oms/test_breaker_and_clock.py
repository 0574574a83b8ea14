"""The breaker rests one endpoint at a time; the clock notices when OMS's runs otherwise than ours."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from tests.oms.conftest import KEY
from tests.oms.wire import Wire, says
from walletapp.oms import breaker, clock
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import OmsError, OmsRejected, OmsUnavailable

CUSTOMER = {"id": "cst_1"}
BODY = b'{"externalId":"u1","type":"individual"}'


def fail(client: OmsClient, times: int) -> None:
    for _ in range(times):
        with pytest.raises(OmsError):
            client.create_customer(BODY, key=KEY)


def test_it_opens_after_failures_in_a_row_and_for_that_endpoint_alone(wire: Wire, client: OmsClient) -> None:
    wire.on("POST /customers", says(503, {}))
    wire.on("GET /customers/cst_1", says(200, CUSTOMER))
    fail(client, breaker.FAILURES + 3)
    assert len(wire.seen("POST /customers")) == breaker.FAILURES
    assert client.get_customer("cst_1").id == "cst_1"
    with pytest.raises(OmsUnavailable) as refused:
        client.create_customer(BODY, key=KEY)
    assert refused.value.retry_after
    assert 0 < refused.value.retry_after <= breaker.SECONDS


def test_after_a_rest_one_call_probes_and_an_answer_closes_it(
    wire: Wire, client: OmsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "SECONDS", 1.0)
    wire.on("POST /customers", says(503, {}))
    fail(client, breaker.FAILURES)
    wire.on("POST /customers", says(201, CUSTOMER))
    time.sleep(1.05)
    assert client.create_customer(BODY, key=KEY).id == "cst_1"
    assert client.create_customer(BODY, key=KEY).id == "cst_1"


def test_a_probe_that_fails_opens_it_again(wire: Wire, client: OmsClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "SECONDS", 1.0)
    wire.on("POST /customers", says(503, {}))
    fail(client, breaker.FAILURES)
    time.sleep(1.05)
    fail(client, 3)
    assert len(wire.seen("POST /customers")) == breaker.FAILURES + 1


def test_refusals_never_open_it(wire: Wire, client: OmsClient) -> None:
    wire.on("POST /customers", says(422, {}))
    for _ in range(breaker.FAILURES * 2):
        with pytest.raises(OmsRejected):
            client.create_customer(BODY, key=KEY)
    assert len(wire.seen("POST /customers")) == breaker.FAILURES * 2


@pytest.mark.parametrize("ahead", [-300, 300])
def test_the_skew_is_measured_and_alerted_once(
    wire: Wire, client: OmsClient, caplog: pytest.LogCaptureFixture, ahead: int
) -> None:
    clock._Seen.alerted_at = float("-inf")
    then = format_datetime(datetime.fromtimestamp(time.time() + ahead, UTC), usegmt=True)
    wire.on("GET /customers/cst_1", says(200, CUSTOMER, {"Date": then}))
    client.get_customer("cst_1")
    client.get_customer("cst_1")
    assert abs(clock.clock_skew_seconds() - ahead) < 2
    assert sum("ALERT our clock" in record.message for record in caplog.records) == 1


def test_a_second_is_no_skew(wire: Wire, client: OmsClient) -> None:
    then = format_datetime(datetime.fromtimestamp(time.time() + 1, UTC), usegmt=True)
    wire.on("GET /customers/cst_1", says(200, CUSTOMER, {"Date": then}))
    client.get_customer("cst_1")
    assert clock.clock_skew_seconds() == 0


@pytest.mark.parametrize("date", ["", "yesterday", "99 99 99", "Mon, 01 Jun 99999 10:00:00 GMT"])
def test_an_unreadable_date_is_passed_over(wire: Wire, client: OmsClient, date: Any) -> None:
    wire.on("GET /customers/cst_1", says(200, CUSTOMER, {"Date": date}))
    assert client.get_customer("cst_1").id == "cst_1"
