"""`GET /o/<token>.gif` and `GET /c/<token>` before Flask: answered first, kept within a moment.

An open shows the same picture whatever has become of its mail; what it is about is looked up when it is graded. Where a
click leads is looked up in the link table, for whoever asks within LOOKED_UP_LINGER_S in one trip, and remembered for
half a minute: a link never changes once its mail is out, but its reader may be erased. What is not there, not living or
not ours to redirect to goes to the plain route, which has the one answer for it. HEAD does too.

A hit waits for LINGER_S and the insert behind it, and PATIENCE_S for a database that is away; what comes in while ROOM
hits wait is answered, not kept, and counted in the log. A process that ends in order keeps all it has answered;
one that is killed loses these few milliseconds.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final
from wsgiref.types import StartResponse, WSGIEnvironment

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app.hot.appending import Appending
from app.hot.gathering import Gathering
from app.hot.ringing import Ringing
from app.kit.clock import offset, real_now
from app.kit.errors import Unavailable
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.hits import keep as hits
from app.messages.signed import links
from app.messages.signed.find_many import find_targets
from app.messages.signed.links import Linked, Purpose
from app.messages.signed.routes import PIXEL
from app.messages.signed.shopper_page import LEAVING

ROOM: Final = 20_000
AT_ONCE: Final = 2_000
LINGER_S: Final = 0.02
PATIENCE_S: Final = 10.0
LOOKED_UP_ROOM: Final = 1_024
LOOKED_UP_AT_ONCE: Final = 64
LOOKED_UP_LINGER_S: Final = 0.004  # nobody sees it, and a trip for several costs little more than one for one
WAIT_S: Final = 2.0
OFFSET_FOR_S: Final = 1.0
KNOWN_FOR_S: Final = 30.0
MOST_KNOWN: Final = 20_000

ADDRESS: Final = re.compile(r"/(?:o/(?P<open>[\w.-]{20,400})\.gif|c/(?P<click>[\w.-]{20,400}))", re.ASCII)
PICTURE: Final = [
    ("Content-Type", "image/gif"),
    ("Cache-Control", "no-store"),
    ("Content-Length", str(len(PIXEL))),
]
LEAVES: Final = [("Content-Type", "text/plain; charset=utf-8"), *LEAVING.items(), ("Content-Length", "0")]
Known = tuple[float, str, str, str]  # until when it is known, the hit's kind and token, and where it leads


class Hits:
    """Answer opens and clicks, and append them in groups."""

    def __init__(self, runtime: Runtime, ringing: Ringing) -> None:
        """Take the runtime; nothing connects and no thread starts before the first hit."""
        self._runtime = runtime
        self._known: dict[str, Known] = {}  # by address
        self._remembering = threading.Lock()
        self._ahead, self._ahead_until = timedelta(), 0.0
        self._finding: Gathering[Linked, str | None] = Gathering(
            "links",
            partial(find_targets, runtime),
            room=LOOKED_UP_ROOM,
            at_once=LOOKED_UP_AT_ONCE,
            linger_s=LOOKED_UP_LINGER_S,
        )
        append = Appending(runtime.engines.ingest, self._append, ringing, patience_s=PATIENCE_S)
        self.gathering: Gathering[hits.Hit, None] = Gathering(
            "hits", append, room=ROOM, at_once=AT_ONCE, linger_s=LINGER_S
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        """Answer, or return None."""
        address = environ["PATH_INFO"]
        known = self._known.get(address)
        if known is None or known[0] < time.monotonic():
            known = self._look_up(address)
            if known is None:
                return None
        _, kind, token, target = known
        self.gathering.leave((token, kind, real_now(), hits.agent(environ.get("HTTP_USER_AGENT", ""))))
        if kind == "open":
            start_response("200 OK", PICTURE.copy())
            return (PIXEL,)
        start_response("302 FOUND", [*LEAVES, ("Location", target)])
        return (b"",)

    def _look_up(self, address: str) -> Known | None:
        """Return where a genuine link leads, "" for an open; None for the plain route to say why not."""
        found = ADDRESS.fullmatch(address)
        if found is None:
            return None
        purpose = Purpose.OPEN if found["open"] else Purpose.CLICK
        token = found["open"] or found["click"]
        linked = links.read(self._runtime.config, purpose, token)
        if linked is None:
            return None
        until = time.monotonic() + KNOWN_FOR_S
        if purpose is Purpose.OPEN:
            return until, "open", token, ""  # reading it again costs less than remembering it
        try:
            target = self._finding.ask(linked, WAIT_S)
        except (Unavailable, SQLAlchemyError, psycopg.Error):
            return None
        return self._remember(address, (until, "click", token, target)) if target is not None else None

    def _remember(self, address: str, known: Known) -> Known:
        with self._remembering:
            while len(self._known) >= MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[address] = known
        return known

    def _append(self, connection: psycopg.Connection, rows: Sequence[hits.Hit]) -> None:
        hits.append_all(connection, rows, self._business_ahead())

    def _business_ahead(self) -> timedelta:
        """Return how far business time is ahead; where no simulated store can move it, as asked within this second."""
        now = time.monotonic()
        if self._runtime.config.gateway_url is not None or now > self._ahead_until:
            with unit_of_work(self._runtime) as session:
                self._ahead = offset(session)
            self._ahead_until = now + OFFSET_FOR_S
        return self._ahead
