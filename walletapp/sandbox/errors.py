"""Refusals the API answers with, and the one body they all have.

A handler raises `ApiError`; the request cycle rolls its changes back and sends the body below.
"""

from collections.abc import Mapping


class ApiError(Exception):
    """The request is refused; nothing it did is kept."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> dict[str, object]:
        return error_body(self.code, self.message, request_id)


def error_body(code: str, message: str, request_id: str) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "requestId": request_id}}


def not_found(what: str) -> ApiError:
    return ApiError(404, "notFound", f"There is no such {what}.")


def invalid(field: str, message: str) -> ApiError:
    return ApiError(400, "invalidRequest", f"{field}: {message}")
