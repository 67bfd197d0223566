"""Append an open, a click or a page view to the hit inbox. Nothing else happens at a GET: grading comes later."""

from __future__ import annotations

from flask import Request
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.queue import INBOX
from app.kit.work import ring_after_commit
from app.messages.models import HitInbox

AGENT_CHARS = 120


def append(session: Session, request: Request, kind: str, token: str) -> None:
    """Keep one hit with the little about the client that grading needs; no address is kept."""
    session.execute(
        insert(HitInbox).values(
            token=token,
            kind=kind,
            happened_at=business_now(session),
            traits={"method": request.method, "agent": (request.user_agent.string or "")[:AGENT_CHARS]},
        ),
    )
    ring_after_commit(session, INBOX)
