"""Take in what a mail server's log says was accepted: after a restoration the only witness of mails we have forgotten.

A log is lines, each a Message-ID or a JSON object with `message_id` and, if it has one, `at` (ISO 8601 with a zone).
Our Message-IDs are derived from what a mail is about (app.kit.signing), so that a mail planned again after a
restoration has the name its forgotten twin had.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.rows.among import among
from app.messages.models import LoggedMail

AT_ONCE = 5_000


class WrongLog(ValueError):
    """Say which line of a log cannot be read, and why."""


def take_in(session: Session, lines: Iterable[str]) -> int:
    """Keep every mail the log names; return how many lines named one. Raises WrongLog. Reading it twice is harmless."""
    found = _mails(lines)
    count = 0
    while some := list(islice(found, AT_ONCE)):
        count += len(some)
        session.execute(insert(LoggedMail).on_conflict_do_nothing(), some)
    return count


def logged(session: Session, public_ids: Collection[str]) -> dict[str, datetime | None]:
    """Return which of these mails a log named, each with when it was accepted where the log says so."""
    rows = session.execute(
        select(LoggedMail.public_id, LoggedMail.accepted_at).where(among(LoggedMail.public_id, public_ids))
    )
    return {row.public_id: row.accepted_at for row in rows}


def _mails(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            continue
        message_id, at = _json_line(line, number) if line.startswith("{") else (line, None)
        public_id, _, domain = message_id.strip("<>").partition("@")
        if not public_id or not domain or " " in message_id:
            raise WrongLog(f"Line {number}: {line[:60]} is no Message-ID and no JSON object with one.")
        yield {"public_id": public_id, "accepted_at": at}


def _json_line(line: str, number: int) -> tuple[str, datetime | None]:
    try:
        told = json.loads(line)
        message_id = told["message_id"]
        at = datetime.fromisoformat(told["at"]) if told.get("at") else None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise WrongLog(f"Line {number}: expected a JSON object with message_id and, if known, at.") from fault
    if not isinstance(message_id, str):
        raise WrongLog(f"Line {number}: message_id must be text.")
    if at is not None and at.tzinfo is None:
        raise WrongLog(f"Line {number}: {told['at']} has no zone.")
    return message_id, at
