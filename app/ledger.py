"""`/readyz/ledger`, for a developer's machine alone: what became of all that was due."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from flask import Blueprint, Response, abort, jsonify
from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, ShopLease
from app.flows.rules.reasons import Reason
from app.kit import runtime
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.models import Message, MessageState
from app.shops.models import Shop

KINDS = ("sent", "not_sent", "unknown", "under_way", "undone")
JUST_DUE = timedelta(hours=1)
AFTER_LEASE = timedelta(minutes=2)  # real time in which what a dead worker held is taken up again

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/readyz/ledger")
def show() -> Response:
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
