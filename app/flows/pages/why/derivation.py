"""Derive one follow-up whole: the verdict, why it was planned when it was, what would happen now, and what was before.

The page shows it in place, `flask why` prints it, support gets it as text: the same words each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered, gather
from app.flows.models import Decision, FollowUpState
from app.flows.pages.why.entered import InFlow, entered
from app.flows.pages.why.verdicts import kept
from app.flows.pages.why.why import Why, answer
from app.flows.rules.decision import Send
from app.flows.rules.guard import RULE_VERSION, decide
from app.flows.rules.recorded import recorded
from app.flows.timing.limits import Limits
from app.flows.words.explain import Explanation, explain
from app.flows.words.plan_words import plan_words
from app.flows.words.step_words import step_name
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.shops.zone import shop_zone

EARLIER = 10  # evaluations told of one message
EARLIER_OF_MANY = 2  # and of each of several


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
    told = derive_all(session, [follow_up_id])
    if not told:
        raise NotFound
    return told[0]


def derive_all(session: Session, follow_up_ids: Sequence[int]) -> list[Derivation]:
    """Return the derivations of these follow-ups of the entered shop, by due time; the facts are read once for all."""
    flows: dict[int, tuple[InFlow, ...]] = {}
    told = []
    for one in gather(session, follow_up_ids):
        if one.order.id not in flows:
            flows[one.order.id] = tuple(entered(session, one.order))
        told.append(_derive(session, one, flows[one.order.id], EARLIER if len(follow_up_ids) == 1 else EARLIER_OF_MANY))
    return told


def _derive(session: Session, one: Gathered, flows: tuple[InFlow, ...], earlier: int) -> Derivation:
    row, now, zone = one.follow_up, business_now(session), shop_zone(session)
    open_still = row.state is not FollowUpState.DONE
    decisions = list(
        session.scalars(
            select(Decision)
            .where(Decision.shop_id == row.shop_id, Decision.follow_up_id == row.id)
            .order_by(Decision.decided_at.desc(), Decision.id.desc())
            .limit(earlier + 1)
        )
    )
    why = answer(session, one, decisions[0] if decisions else None)
    return Derivation(
        follow_up_id=row.id,
        step=step_name(row.step),
        order=one.order.name,
        why=why,
        planned=plan_words(one.facts, now, zone) if open_still else (),
        if_now=_if_now(one, why.person, zone, now) if open_still else None,
        earlier=tuple(
            Looked(each.decided_at, explain(kept(each), why.person, now, zone).verdict) for each in decisions
        ),
        zone=zone,
        now=now,
        decided_at=decisions[0].decided_at if decisions else None,
        rule_version=decisions[0].rule_version if decisions else RULE_VERSION,
        flows=flows,
    )


def _if_now(one: Gathered, person: str, yours: ZoneInfo, now: datetime) -> Explanation:
    """Return what would be decided if it were due at this instant."""
    verdict = decide(one.facts, Limits(), now)
    told = explain(recorded(verdict, one.facts, now), person, now, yours)
    if isinstance(verdict, Send):
        return Explanation("It would go out: every rule passes.", told.rules)
    return told
