"""Append an open, a click or a page view to the hit inbox. Nothing else happens at a GET: grading comes later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import psycopg
from flask import Request
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.queue import INBOX
from app.kit.work import ring_after_commit
from app.messages.models import HitInbox

AGENT_CHARS = 160

Hit = tuple[str, str, datetime, str]  # token, kind, real time, agent: of a GET, told apart by nothing more

APPEND_ALL = """insert into hit_inbox (token, kind, happened_at, traits)
    select t.token, t.kind, t.at, jsonb_build_object('method', 'GET', 'agent', t.agent, 'part', '')
    from unnest(%b::text[], %b::text[], %b::timestamptz[], %b::text[]) t(token, kind, at, agent)"""


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
                "agent": agent(request.user_agent.string),
                "part": part,
            },
        ),
    )
    ring_after_commit(session, INBOX)


def append_all(connection: psycopg.Connection, hits: Sequence[Hit], ahead: timedelta) -> None:
    """Append hits, one at least, by one statement on a connection of the receiving role.

    `ahead` is how far business time runs ahead of the real time they carry.
    """
    tokens, kinds, instants, agents = (list(column) for column in zip(*hits, strict=True))
    at = [instant + ahead for instant in instants] if ahead else instants
    connection.execute(APPEND_ALL, [tokens, kinds, at, agents], prepare=True)


def agent(header: str) -> str:
    """Return what a client calls itself, as it is kept."""
    return header.replace("\x00", "")[:AGENT_CHARS]
