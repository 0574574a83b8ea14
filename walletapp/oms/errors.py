"""What can go wrong in a call to OMS, named for what the caller does next.

Four outcomes and no more, because a caller holding a customer's money has only four things it can do. Which answer
becomes which outcome is decided in one place, `answers.py`. Nothing here is safe to show to a customer: the messages
are OMS's or ours and go to staff and logs.
"""

from typing import Any

RAW_LIMIT = 4096


class OmsError(Exception):
    """Anything a call to OMS ends in, other than success. Catch one of the subclasses whenever money is involved."""

    def __init__(self, message: str, *, raw: bytes = b"", request_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.raw = raw[:RAW_LIMIT]
        """The answer as it came, bounded, for the record. Empty when there was no answer."""
        self.request_id = request_id


class OmsUnavailable(OmsError):
    """It did NOT happen, and may be tried again with the same key and the same bytes.

    You see it when the connection was refused, the name did not resolve or TLS failed before a byte was sent; on 429;
    when our own breaker is open; and for every read (GET) that failed, because a failed read changes nothing.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, raw: bytes = b"", request_id: str = ""
    ) -> None:
        super().__init__(message, raw=raw, request_id=request_id)
        self.retry_after = retry_after
        """Seconds OMS (or our breaker) asked us to wait; None when nobody said."""


class OmsOutcomeUnknown(OmsError):
    """It MAY have happened. Keep the money held and find out; never treat it as failed.

    You see it on anything but a GET when an error came after the first byte left: time-out, reset, deadline, 5xx, a
    redirect, an answer that cannot be read, or a success that does not match what was asked.
    """


class OmsRejected(OmsError):
    """It will not happen: OMS understood and said no. `status` and `code` say why.

    You see it on 400, 402, 403, 404, 409 and 422. After an earlier unknown attempt with the same key a 409 or 422 is
    not a refusal but a hint that the earlier attempt ran: that judgement belongs to the caller, who knows the history.
    """

    def __init__(self, message: str, *, status: int, code: str = "", raw: bytes = b"", request_id: str = "") -> None:
        super().__init__(message, raw=raw, request_id=request_id)
        self.status = status
        self.code = code

    def __str__(self) -> str:
        return f"{self.status} {self.code or '(no code)'}: {self.message}"


class OmsMisconfigured(OmsError):
    """It did not happen and will not until a person changes our settings. Wake someone.

    You see it when OMS refuses our key (401 again after a fresh token, or any refusal of the key itself) and when
    the base URL or the credentials are missing or malformed.
    """


class QuoteDoesNotAddUp(OmsError):
    """A quote whose own numbers contradict each other; raised by `quote_check.check_quote`, never by a call.

    Such a quote is never shown to a customer and somebody is alerted.
    """


class BadShape(ValueError):
    """JSON from OMS that cannot be what it claims to be. Inside `oms` only: the client turns it into an outcome."""

    def __init__(self, where: str, problem: str, value: Any = None) -> None:
        super().__init__(f"{where}: {problem}" + ("" if value is None else f" ({str(value)[:60]!r})"))
        self.where = where
