"""Derive one follow-up whole: the verdict, why it was planned when it was, what would happen now, and what was before.

The page shows it in place, `flask why` prints it, support gets it as text: the same words each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered, gather
from app.flows.models import Decision, FollowUp, FollowUpState
from app.flows.pages.why.entered import InFlow, entered
from app.flows.pages.why.verdicts import kept
from app.flows.pages.why.why import Why, why
from app.flows.rules.decision import Send
from app.flows.rules.guard import RULE_VERSION, decide
from app.flows.rules.recorded import recorded
from app.flows.timing.limits import Limits
from app.flows.words.explain import Explanation, explain
from app.flows.words.plan_words import plan_words
from app.flows.words.step_words import step_name
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.work import entered_shop
from app.shops.zone import shop_zone

EARLIER = 10


@dataclass(frozen=True, slots=True)
class Looked:
    """One earlier evaluation: when (UTC) and its verdict."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """Everything there is to say about one follow-up. `planned` and `if_now` are empty once it has ended.

    `zone` is the merchant's clock; `decided_at` is UTC, None where nothing was decided yet.
    """

    follow_up_id: int
    step: str
    order: str
    why: Why
    planned: tuple[str, ...]
    if_now: Explanation | None
    earlier: tuple[Looked, ...]
    zone: ZoneInfo
    now: datetime
    decided_at: datetime | None
    rule_version: int
    flows: tuple[InFlow, ...] = ()


def derive(session: Session, follow_up_id: int) -> Derivation:
    """Return the derivation of one follow-up of the entered shop; raise NotFound for any other id."""
    shop_id = entered_shop(session)
    row = session.scalars(
        select(FollowUp).where(FollowUp.shop_id == shop_id, FollowUp.id == follow_up_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    answer = why(session, follow_up_id)
    (one,) = gather(session, [follow_up_id])
    now, zone = business_now(session), shop_zone(session)
    open_still = row.state is not FollowUpState.DONE
    decisions = list(
        session.scalars(
            select(Decision)
            .where(Decision.shop_id == shop_id, Decision.follow_up_id == follow_up_id)
            .order_by(Decision.decided_at.desc(), Decision.id.desc())
            .limit(EARLIER + 1)
        )
    )
    return Derivation(
        follow_up_id=follow_up_id,
        step=step_name(row.step),
        order=one.order.name,
        why=answer,
        planned=plan_words(one.facts, now, zone) if open_still else (),
        if_now=_if_now(one, answer.person, zone, now) if open_still else None,
        earlier=tuple(
            Looked(each.decided_at, explain(kept(each), answer.person, now, zone).verdict) for each in decisions
        ),
        zone=zone,
        now=now,
        decided_at=decisions[0].decided_at if decisions else None,
        rule_version=decisions[0].rule_version if decisions else RULE_VERSION,
        flows=tuple(entered(session, one.order)),
    )


def _if_now(one: Gathered, person: str, yours: ZoneInfo, now: datetime) -> Explanation:
    """Return what would be decided if it were due at this instant."""
    verdict = decide(one.facts, Limits(), now)
    told = explain(recorded(verdict, one.facts, now), person, now, yours)
    if isinstance(verdict, Send):
        return Explanation("It would go out: every rule passes.", told.rules)
    return told
