"""Keep a shopper's choice through a short absence of the database, or say honestly that it was not kept.

200 and a redirect mean that a choice is committed; there is no other place it could be kept in. A database that
restarts is back within seconds, and a mail program does not press twice: so a few requests wait that long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from flask import Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

PATIENCE_S: Final = 5.0  # a killed PostgreSQL answers again sooner
LOOK_AGAIN_S: Final = 0.25
RETRY_AFTER_S: Final = 30
MOST_WAITING: Final = 8  # of a process's threads; the others are answered at once
WORDS: Final[Mapping[str, str]] = {
    "en": "This could not be kept just now, and nothing was changed. Go back and press the button again in a minute.",
    "de": "Das ließ sich gerade nicht speichern, und es wurde nichts geändert. Gehen Sie zurück und drücken Sie den"
    " Knopf in einer Minute noch einmal.",
}

_waiting = threading.BoundedSemaphore(MOST_WAITING)


def kept_or_told(keep: Callable[[], Response]) -> Response:
    """Return the answer of `keep`, one whole transaction that may be begun anew; 503 where it cannot be kept."""
    try:
        return keep()
    except (OperationalError, InterfaceError, PoolTimeout):
        pass
    if not _waiting.acquire(blocking=False):
        return _not_kept()
    try:
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            time.sleep(LOOK_AGAIN_S)
            try:
                return keep()
            except (OperationalError, InterfaceError, PoolTimeout):
                continue
    finally:
        _waiting.release()
    return _not_kept()


def _not_kept() -> Response:
    if "text/html" in str(request.accept_mimetypes):
        language = request.accept_languages.best_match(WORDS, "en")
        answer = make_response(
            render_template("error.html", status=503, message=WORDS[language], language=language), 503
        )
        answer.headers["Vary"] = "Accept, Accept-Language"
    else:
        answer = make_response(jsonify({"error": {"code": "unavailable", "message": WORDS["en"]}}), 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    answer.headers["Cache-Control"] = "no-store"
    return answer
