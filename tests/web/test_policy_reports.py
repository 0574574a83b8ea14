"""What browsers report, what is kept of it, and that it can do no harm."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

from walletapp.web import policy_reports

pytestmark = pytest.mark.django_db

REPORT = {
    "document-uri": "https://wallet.example/send/?to=alice%40example.com",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/steal.js?of=alice",
}


def report(client: Client, body: Any, content_type: str = "application/csp-report") -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/policy-report/", raw, content_type=content_type).status_code


def test_the_policy_says_where_to_report(client: Client, db: None) -> None:
    assert "report-uri /policy-report/" in client.get("/").headers["Content-Security-Policy"]


def test_which_rule_where_and_by_whom_is_logged_and_nothing_personal(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger=policy_reports.log.name):
        assert report(client, {"csp-report": REPORT}) == 204
    assert "script-src-elem on /send/ by evil.example" in caplog.text
    assert "alice" not in caplog.text


def test_what_a_report_says_cannot_break_a_line_of_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger=policy_reports.log.name):
        assert report(client, {"csp-report": {"effective-directive": "x\nALERT gone", "blocked-uri": 7}}) == 204
    assert [record.getMessage() for record in caplog.records] == [
        "policy violated: x?ALERT?gone on ? by ?",
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"csp-report": 7}', b"[" * 10_000, b"\xff", b'{"other": {}}'],
    ids=["nothing", "half", "list", "number", "deep", "no text", "other"],
)
def test_what_is_no_report_is_refused(client: Client, body: bytes) -> None:
    assert report(client, body) == 400


def test_only_reports_of_a_sane_size_are_read(client: Client) -> None:
    assert report(client, b" " * (policy_reports.MAX_BODY + 1)) == 413
    assert report(client, {"csp-report": REPORT}, content_type="text/plain") == 400
    assert client.get("/policy-report/").status_code == 405


def test_a_flood_of_reports_fills_no_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger=policy_reports.log.name):
        for _ in range(policy_reports.LOGGED_A_MINUTE * 3):
            assert report(client, {"csp-report": REPORT}) == 204
    assert len(caplog.records) <= 2 * policy_reports.LOGGED_A_MINUTE  # the minute may change in between
