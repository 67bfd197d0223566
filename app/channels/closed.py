"""Remember that nobody's mail can leave, from the first fault of the way out until a message is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.models import ClosedChannel
from app.kit.clock import business_now
from app.kit.rows.one_trip import one_trip

MAIL: Final = "mail"
REOPEN: Final = "delete from closed_channel where channel = %(channel)s"


@dataclass(frozen=True, slots=True)
class Closed:
    """Say since when (UTC, business time) no mail leaves, and what was said at the latest try."""

    since: datetime
    words: str


def close(session: Session, words: str) -> None:
    """Note that a mail could not leave through no fault of its shop; the first note's moment stays, its words do not.

    The row is every shop's: lock it last, so that nobody waits for a lock while holding it.
    """
    now = business_now(session)
    said = {"last_tried_at": now, "words": words}
    session.execute(
        insert(ClosedChannel)
        .values(channel=MAIL, since=now, **said)
        .on_conflict_do_update(index_elements=[ClosedChannel.channel], set_=said)
    )


def reopen(session: Session) -> None:
    """Note that a mail was accepted. Where nothing was noted before, no lock is taken."""
    one_trip(session, [(REOPEN, {"channel": MAIL})])


def closed(session: Session) -> Closed | None:
    """Return since when no mail leaves, and what was said; None while mails leave, as far as anybody knows."""
    row = session.get(ClosedChannel, MAIL, populate_existing=True)
    return Closed(row.since, row.words) if row is not None else None
