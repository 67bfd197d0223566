"""Errors carry their own answer: machines get JSON with a code, people a plain page. Never a 500 for input."""

from __future__ import annotations

from typing import Final

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()

NOTHING: Final = {
    "en": "There is nothing here. The link may be old, or a character may be missing.",
    "de": "Hier ist nichts. Der Link ist vielleicht alt, oder es fehlt ein Zeichen.",
}


class AppError(Exception):
    """Be the answer: `status` for HTTP, `code` for machines, `message` for people, `field` for the input at fault."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        """Take the sentence people read."""
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(AppError):
    """Give the one uniform answer for forged, unknown and foreign links and ids.

    A shopper reads it in the language their browser asks for: all that is known of them is in the request's headers.
    """

    status, code = 404, "not_found"

    def __init__(self) -> None:
        """Say nothing that would tell a forged id from a foreign one."""
        super().__init__(NOTHING["en"])


class Unauthorized(AppError):
    """Refuse a request whose signature or token does not verify."""

    status, code = 401, "unauthorized"


class Invalid(AppError):
    """Refuse input, naming the field."""

    status, code = 422, "invalid"


class TooLarge(AppError):
    """Refuse a body over the limit."""

    status, code = 413, "too_large"


class TooMany(AppError):
    """Refuse what is asked for too often; the message says when to try again."""

    status, code = 429, "too_fast"


class Unavailable(AppError):
    """Say that something we depend on does not answer now."""

    status, code = 503, "unavailable"


def register(app: Flask) -> None:
    """Turn every exception a request can raise into its answer."""
    app.register_error_handler(AppError, _answer_app_error)
    app.register_error_handler(HTTPException, _answer_http)
    for fault in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(fault, _answer_database)
    app.register_error_handler(Exception, _answer_bug)


def _answer(status: int, code: str, message: str, field: str | None = None) -> Response:
    if (
        request.accept_mimetypes.accept_html
        and request.path != "/webhooks"
        and "text/html" in str(request.accept_mimetypes)
    ):
        language = _language() if status == NotFound.status else "en"
        told = NOTHING[language] if status == NotFound.status else message
        response = make_response(render_template("error.html", status=status, message=told, language=language), status)
        response.headers["Vary"] = "Accept, Accept-Language"
    else:
        error = {"code": code, "message": message} | ({"field": field} if field else {})
        response = make_response(jsonify({"error": error}), status)
    if status == Unavailable.status:
        response.headers["Retry-After"] = "5"
    return response


def _language() -> str:
    """Return the language of a page about nothing. A fetch out of the app's own pages is answered in theirs."""
    if "HX-Request" in request.headers:
        return "en"
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((each for each in wanted if each in NOTHING), "en")


def _answer_app_error(error: AppError) -> Response:
    return _answer(error.status, error.code, error.message, error.field)


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status == NotFound.status:
        return _answer_app_error(NotFound())
    return _answer(status, error.name.lower().replace(" ", "_"), error.description or error.name)


def _answer_database(error: Exception) -> Response:
    log.error("database_unavailable", fault=type(error).__name__)
    return _answer(
        503, "unavailable", "We cannot reach our database right now. Try again in a moment; nothing was lost."
    )


def _answer_bug(error: Exception) -> Response:
    log.error("unexpected", fault=type(error).__name__, path=request.path, exc_info=error)
    return _answer(500, "internal", "Something went wrong on our side. It has been recorded.")
