"""`/healthz` and `/readyz`: is the process up, does the database answer, and how much work waits.

`/readyz/ledger` is for a developer's machine alone: what became of all that was due.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, jsonify
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.channels.closed import closed
from app.flows.models import FollowUp, FollowUpState, ShopLease
from app.flows.rules.reasons import Reason
from app.flows.sending.claim import is_due
from app.kit import runtime
from app.kit.clock import business_now, offset
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.models import HitInbox, Message, MessageState
from app.shopify.models import CallState, InboxState, OutgoingCall, WebhookInbox
from app.shops.models import Shop

KINDS = ("sent", "not_sent", "unknown", "under_way", "undone")
JUST_DUE = timedelta(hours=1)
AFTER_LEASE = timedelta(minutes=2)  # real time in which what a dead worker held is taken up again

blueprint = Blueprint("readiness", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as soon as the process serves."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer with what waits; a dead database becomes 503 by the error handlers."""
    here = runtime.current()
    with unit_of_work(here, role=SYSTEM) as session:
        status = waiting_work(session)
        if here.config.gateway_url is not None:
            status["next_due_at"] = _next_due(session)
    return jsonify(status)


@blueprint.get("/readyz/ledger")
def readyz_ledger() -> Response:
    """Answer with each shop's ledger, by domain; 404 but in development against a simulated store."""
    here = runtime.current()
    if not here.config.development or here.config.gateway_url is None:
        abort(404)
    with unit_of_work(here, role=SYSTEM) as session:
        return jsonify(shops=ledger(session))


def ledger(session: Session) -> dict[str, dict[str, int]]:
    """Return by domain how many messages were due, and how many of them came to each of KINDS.

    Every due one is in exactly one kind. `not_sent` has a reason, for good or until it changes; `undone` has neither
    reason nor outcome though its moment has passed and nobody holds it.
    """
    now, lately = business_now(session), func.now() - AFTER_LEASE
    handed = FollowUp.outcome == "handed_over"
    at_work = or_(FollowUp.due_at > now - JUST_DUE, FollowUp.lease_until > lately, ShopLease.lease_until > lately)
    kind = case(
        (and_(handed, Message.state == MessageState.UNKNOWN), "unknown"),
        (and_(handed, func.coalesce(Message.state, MessageState.ACCEPTED) == MessageState.ACCEPTED), "sent"),
        (or_(FollowUp.outcome == "skipped", Message.state == MessageState.REJECTED), "not_sent"),
        (FollowUp.reason.is_not(None), "not_sent"),
        (at_work, "under_way"),
        else_="undone",
    )
    counted = session.execute(
        select(Shop.domain, kind, func.count())
        .select_from(FollowUp)
        .join(Shop, Shop.id == FollowUp.shop_id)
        .outerjoin(Message, and_(Message.shop_id == FollowUp.shop_id, Message.id == FollowUp.message_id))
        .outerjoin(ShopLease, ShopLease.shop_id == FollowUp.shop_id)
        .where(FollowUp.due_at <= now, FollowUp.reason.is_distinct_from(Reason.BEFORE_START))
        .group_by(Shop.domain, kind),
    )
    books: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("due", *KINDS), 0))
    for domain, name, count in counted:
        books[domain][name] = count
        books[domain]["due"] += count
    return dict(books)


def waiting_work(session: Session) -> dict[str, Any]:
    """Return how much of each kind of work waits, how far business time is ahead, and whether mails can leave."""
    now = business_now(session)
    received = select(func.count()).where(WebhookInbox.state == InboxState.RECEIVED)
    due = select(func.count()).select_from(FollowUp).where(is_due(now))
    claimed = select(func.count()).select_from(FollowUp).where(FollowUp.state == FollowUpState.CLAIMED)
    calls = select(func.count()).where(OutgoingCall.state == CallState.PENDING, OutgoingCall.next_at <= func.now())
    shut = closed(session)
    hits = select(func.count()).where(HitInbox.applied_at.is_(None))
    return {
        "ready": True,
        "database": "ok",
        "clock_offset_s": int(offset(session).total_seconds()),
        "inbox_received": session.scalar(received),
        "follow_ups_due": (session.scalar(due) or 0) + (session.scalar(claimed) or 0),
        "calls_due": session.scalar(calls),
        "hits_received": session.scalar(hits),
        "mails_stuck_since": shut.since.isoformat() if shut is not None else None,
    }


def _next_due(session: Session) -> str | None:
    soonest = session.scalar(select(func.min(FollowUp.due_at)).where(FollowUp.state == FollowUpState.SCHEDULED))
    return soonest.isoformat() if soonest is not None else None
