"""`POST /webhooks` before Flask: raw bytes, signature, one place in the next group commit, 200 only after it.

Whatever is unusual goes to the plain route, which says what is wrong with it: no length, too large, a signature that
does not match, headers that name no shop or topic.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

from app.hot import answers
from app.hot.appending import Appending
from app.hot.gathering import Gathering
from app.hot.ringing import Ringing
from app.kit import fault
from app.kit.errors import Invalid, Unavailable
from app.kit.runtime import Runtime
from app.shopify import signatures
from app.shopify.payloads.strict_json import WEBHOOK_MAX_BYTES
from app.shopify.webhooks import inbox, received

ROOM: Final = 1_024  # deliveries waiting to be kept; more come again
AT_ONCE: Final = 256  # rows a commit: more are no faster
LENGTH: Final = re.compile(r"[0-9]{1,8}")
WAIT_S: Final = 4.0  # Shopify gives up at five seconds


class Webhooks:
    """Keep deliveries in groups."""

    def __init__(self, runtime: Runtime, ringing: Ringing) -> None:
        """Take the runtime; nothing connects and no thread starts before the first delivery."""
        self._secrets = runtime.config.api_secrets
        append = Appending(runtime.engines.ingest, inbox.keep_all, ringing, points=("W2", "W3"))
        self.gathering: Gathering[inbox.Row, None] = Gathering("webhooks", append, room=ROOM, at_once=AT_ONCE)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        """Answer, or return None with the request as it came."""
        length = environ.get("CONTENT_LENGTH") or ""
        if not (LENGTH.fullmatch(length) and int(length) <= WEBHOOK_MAX_BYTES):
            return None
        body = environ["wsgi.input"].read(int(length))
        signed = received.fit(environ.get("HTTP_X_SHOPIFY_HMAC_SHA256", ""))
        if len(body) != int(length) or not signatures.webhook_is_genuine(body, signed, self._secrets):
            _put_back(environ, body)
            return None
        fault.point("W1")
        try:
            told = received.read(lambda name: environ.get("HTTP_" + name.upper().replace("-", "_"), ""), body)
        except Invalid:
            _put_back(environ, body)
            return None
        try:
            self.gathering.ask(inbox.row(told), WAIT_S)
        except Unavailable as unavailable:
            return answers.refused(start_response, unavailable)
        fault.point("W4")
        return answers.kept(start_response)


def _put_back(environ: WSGIEnvironment, body: bytes) -> None:
    environ["wsgi.input"] = BytesIO(body)
