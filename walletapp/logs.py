"""Lines of the log: one event each, with the id of the request or task it belongs to, and nothing about a person.

What must stay true: whatever ends up in a message, a line stays one line, so that nobody can write lines of their own;
of what a caller adds to a record only the names in EXTRAS come out; e-mail addresses, numbers that could identify
somebody, query strings and secrets are taken out of every message and every trace. That is the last resort: the code
does not put them in.
"""

import json
import logging
import re
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

EXTRAS = ("task", "error", "status", "transfer", "transaction", "wallet", "quote")

# The request or task at work; empty outside of both.
work_id: ContextVar[str] = ContextVar("work_id", default="")

_PRIVATE = (
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<=\?)[\w.%~+-]+=[^\s\"'<>]*"), "[query]"),
    (re.compile(r"(?<=/webhooks/oms/)[^/\s]+"), "[secret]"),
    (re.compile(r"(?<=/account/freeze/)[^/\s]+"), "[secret]"),
    (re.compile(r"\b(?:whsec|sk|pk)_[A-Za-z0-9_+/=-]{4,}"), "[secret]"),
    (re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])"), "[number]"),
    (re.compile(r"(?<![\w.-])\+?\d{9,17}(?![\w-])"), "[number]"),
)
_CONTROL = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160), 0x2028, 0x2029)}
_CONTROL |= {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


def begin_request() -> str:
    """A new id, which every line carries from now on until the request has ended."""
    name = secrets.token_hex(8)
    work_id.set(name)
    return name


def end_request(**_: Any) -> None:
    """For Django's signal, which comes after the last line about the request was logged."""
    work_id.set("")


def cleaned(text: str) -> str:
    """One line of it, without what could identify somebody."""
    for pattern, instead in _PRIVATE:
        text = pattern.sub(instead, text)
    return text.translate(_CONTROL)


class PlainLines(logging.Formatter):
    """For people who look at a terminal. The lines of a trace begin with a bar, so that they cannot pass for others."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        work = f" [{work_id.get()}]" if work_id.get() else ""
        added = "".join(f" {name}={value}" for name, value in _added(record).items())
        line = f"{at:%Y-%m-%d %H:%M:%S}Z {record.levelname} {record.name}{work} {cleaned(record.getMessage())}{added}"
        return "\n  | ".join([line, *_trace(self, record)])


class JSONLines(logging.Formatter):
    """For machines: an object on each line, all of the same shape."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "work": work_id.get(),
            "message": cleaned(record.getMessage()),
        }
        line |= _added(record)
        if trace := _trace(self, record):
            line["trace"] = "\n".join(trace)
        return json.dumps(line)


def _added(record: logging.LogRecord) -> dict[str, str]:
    return {name: cleaned(str(getattr(record, name))) for name in EXTRAS if hasattr(record, name)}


def _trace(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    text = formatter.formatException(record.exc_info) if record.exc_info else ""
    return [cleaned(line) for line in text.splitlines()]
