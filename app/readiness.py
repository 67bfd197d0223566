"""`/healthz` and `/readyz`: is the process up, does the database answer, and how much work waits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.channels.closed import closed
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.planning.by_hand.halt import halted
from app.flows.planning.runs import look
from app.flows.sending.claim import is_due
from app.kit import runtime
from app.kit.clock import business_now, offset
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.models import HitInbox
from app.shopify.models import CallState, InboxState, OutgoingCall, WebhookInbox

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


def waiting_work(session: Session) -> dict[str, Any]:
    """Return how much of each kind of work waits, how far business time is ahead, and whether mails can leave."""
    now = business_now(session)
    received = select(func.count()).where(WebhookInbox.state == InboxState.RECEIVED)
    due = select(func.count()).select_from(FollowUp).where(is_due(now))
    oldest = session.scalar(select(func.min(FollowUp.due_at)).where(is_due(now)))
    looks = select(func.count()).select_from(Enrollment).where(*look.is_due(session))
    claimed = select(func.count()).select_from(FollowUp).where(FollowUp.state == FollowUpState.CLAIMED)
    calls = select(func.count()).where(OutgoingCall.state == CallState.PENDING, OutgoingCall.next_at <= func.now())
    shut, stopped = closed(session), halted(session)
    hits = select(func.count()).where(HitInbox.applied_at.is_(None))
    return {
        "ready": True,
        "database": "ok",
        "clock_offset_s": int(offset(session).total_seconds()),
        "inbox_received": session.scalar(received),
        "follow_ups_due": (session.scalar(due) or 0) + (session.scalar(claimed) or 0),
        "oldest_due_s": int((now - oldest).total_seconds()) if oldest is not None else None,
        "runs_due": session.scalar(looks),
        "calls_due": session.scalar(calls),
        "hits_received": session.scalar(hits),
        "mails_stuck_since": shut.since.isoformat() if shut is not None else None,
        "halted_since": stopped.halted_at.isoformat() if stopped is not None else None,
    }


def _next_due(session: Session) -> str | None:
    message = session.scalar(select(func.min(FollowUp.due_at)).where(FollowUp.state == FollowUpState.SCHEDULED))
    run = session.scalar(select(func.min(Enrollment.look_at)).where(Enrollment.ended_at.is_(None)))
    soonest = min((at for at in (message, run) if at is not None), default=None)
    return soonest.isoformat() if soonest is not None else None
