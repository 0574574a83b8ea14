"""Lines of the log: one event each, with the id of what it belongs to, and nothing about a person."""

import json
import logging
import sys
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from walletapp import logs

FORGED = 'hello\n2026-01-01 00:00:00Z INFO walletapp paid\r\x1b[31m"}\u2028{"level": "INFO"'
PRIVATE = ["alice@example.com", "212-45-6789", "212456789", "000123456789", "+12125550123", "whsec_c2VjcmV0LXNlY3JldA"]
PRIVATE += ["/webhooks/oms/random-part/", "/account/freeze/a-link:of-somebody/", "?q=old%20joe&page=2"]


def record(message: str, *args: Any, **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("walletapp.oms", logging.WARNING, __file__, 1, message, args, None)
    vars(made).update(extra)
    return made


def raised(message: str) -> Any:
    try:
        raise ValueError(message)
    except ValueError:
        return sys.exc_info()


@pytest.mark.parametrize("form", [logs.PlainLines(), logs.JSONLines()], ids=["plain", "json"])
@settings(deadline=None)  # a machine with other work to do is slow once in a while
@given(text=st.text(max_size=200))
def test_whatever_is_logged_is_one_line(form: logging.Formatter, text: str) -> None:
    assert len(form.format(record("%s", text)).splitlines()) == 1


def test_nobody_writes_a_line_of_their_own() -> None:
    assert len(logs.PlainLines().format(record("from %s", FORGED)).splitlines()) == 1
    line = json.loads(logs.JSONLines().format(record("from %s", FORGED)))
    assert line["level"] == "WARNING"
    assert "\\n2026-01-01" in line["message"]


def test_a_trace_cannot_pass_for_lines_of_the_log() -> None:
    made = record("failed")
    made.exc_info = raised(FORGED)
    first, *others = logs.PlainLines().format(made).split("\n")
    assert first.endswith("failed")
    assert others
    assert all(line.startswith("  | ") for line in others)


@pytest.mark.parametrize("private", PRIVATE)
@pytest.mark.parametrize("form", [logs.PlainLines(), logs.JSONLines()], ids=["plain", "json"])
def test_what_could_identify_somebody_is_taken_out_of_messages_and_traces(
    form: logging.Formatter, private: str
) -> None:
    made = record("Key (email)=(%s) already exists.", private, error=private)
    made.exc_info = raised(f"duplicate {private}")
    assert private not in form.format(made)


@pytest.mark.parametrize("kept", ["3f2b8c1e-9a4d-4e7f-8b1a-0c2d3e4f5a6b", "attempt 3, 1250000 of 5", "txn_0a1b2c3d4e"])
def test_ids_and_amounts_stay_readable(kept: str) -> None:
    assert kept in logs.PlainLines().format(record("transfer %s", kept))


def test_of_what_is_added_to_a_record_only_known_names_come_out() -> None:
    line = json.loads(logs.JSONLines().format(record("done", task="walletapp.x", answers={"ssn": "x"})))
    assert line["task"] == "walletapp.x"
    assert set(line) == {"at", "level", "logger", "work", "message", "task"}


@pytest.mark.parametrize("form", [logs.PlainLines(), logs.JSONLines()], ids=["plain", "json"])
def test_an_alert_says_which_transfer_it_is_about(form: logging.Formatter) -> None:
    which = "3f2b8c1e-9a4d-4e7f-8b1a-0c2d3e4f5a6b"
    assert which in form.format(record("ALERT transfer contradicts OMS", transfer=which))


def test_every_line_of_a_request_carries_its_id(client: Client, caplog: Any) -> None:
    caplog.handler.setFormatter(logs.JSONLines())
    first, second = client.get("/no-such-page/"), client.get("/no-such-page/")
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    assert [line["work"] for line in lines] == [first["X-Request-ID"], second["X-Request-ID"]]
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert logs.work_id.get() == ""
