"""Short answers without a framework: the same status, headers and bytes as the plain route gives."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final
from wsgiref.types import StartResponse

from app.kit.errors import AppError

RETRY_AFTER_S: Final = "5"
REASONS: Final = {503: "SERVICE UNAVAILABLE"}
NO_BODY: Final = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "0"))


def kept(start_response: StartResponse) -> Iterable[bytes]:
    """Answer 200 without a word."""
    start_response("200 OK", list(NO_BODY))
    return (b"",)


def refused(start_response: StartResponse, error: AppError) -> Iterable[bytes]:
    """Answer a machine with the error, and with when to try again."""
    body = json.dumps({"error": {"code": error.code, "message": error.message}}).encode() + b"\n"
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Retry-After", RETRY_AFTER_S),
    ]
    start_response(f"{error.status} {REASONS[error.status]}", headers)
    return (body,)
