"""Append an open, a click or a page view to the hit inbox. Nothing else happens at a GET: grading comes later."""

from __future__ import annotations

from flask import Request
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.queue import INBOX
from app.kit.work import ring_after_commit
from app.messages.models import HitInbox

AGENT_CHARS = 160


def append(session: Session, request: Request, kind: str, token: str, *, part: str = "") -> None:
    """Keep one hit with the little about the client that grading needs; no network address is kept.

    `part` tells apart links of a mail that lead to one page, such as its five stars.
    """
    session.execute(
        insert(HitInbox).values(
            token=token,
            kind=kind,
            happened_at=business_now(session),
            traits={
                "method": request.method,
                "agent": (request.user_agent.string or "").replace("\x00", "")[:AGENT_CHARS],
                "part": part,
            },
        ),
    )
    ring_after_commit(session, INBOX)
