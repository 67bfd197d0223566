"""Find the silence: what was not sent lately, what waits with a reason, and what would not be sent as things stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.customers.legal_basis import MessageClass
from app.flows.facts.gather import gather
from app.flows.facts.people import first_name, full_name, with_buyer
from app.flows.models import FollowUp, FollowUpState
from app.flows.pages.why.why import why
from app.flows.planning.by_hand.again import way_back
from app.flows.rules.decision import Facts, Send
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import recorded
from app.flows.timing.limits import Limits
from app.flows.words.decided.explain import explain
from app.flows.words.described.step_words import step_name
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.shops.zone import shop_zone

AROUND = timedelta(days=7)  # looked at on either side of now
MOST_FORESEEN = 100
# Ends the merchant chose, or that tell nothing about a person.
EXPECTED = (Reason.BEFORE_START, Reason.LEFT_TO_SHOPIFY, Reason.SKIPPED_BY_MERCHANT, Reason.DROPPED_ON_RESUME)


@dataclass(frozen=True, slots=True)
class Silent:
    """One message not sent or waiting, in words. `customer_id` leads to the person where there is one."""

    id: int
    person: str
    customer_id: int | None
    order: str
    step: str
    words: str
    can_come_back: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """How many messages are silent, and some of them, chosen to differ."""

    count: int
    shown: tuple[Silent, ...]


def silence(session: Session, most: int) -> Silence:
    """Return the silence around now for the entered shop, at most `most` messages of it in words."""
    now = business_now(session)
    foreseen = _foreseen(session, now)
    reasons = _ended_or_waiting(session, now) | {number: reason for number, (reason, _) in foreseen.items()}
    chosen = _differing(reasons)[:most]
    words = {number: foreseen[number][1] if number in foreseen else _told(session, number) for number in chosen}
    return Silence(len(reasons), _in_words(session, words))


def _ended_or_waiting(session: Session, now: datetime) -> dict[int, str]:
    """Return follow-up id → reason, what waits first, then the latest."""
    ended = and_(
        FollowUp.state == FollowUpState.DONE,
        FollowUp.outcome == "skipped",
        FollowUp.reason.not_in(EXPECTED),
        FollowUp.done_at >= now - AROUND,
    )
    waits = and_(_open(), FollowUp.reason.is_not(None))
    rows = session.execute(
        select(FollowUp.id, FollowUp.reason)
        .where(FollowUp.shop_id == entered_shop(session), or_(ended, waits))
        .order_by(FollowUp.done_at.desc().nulls_first(), FollowUp.id.desc())
    )
    return {row.id: row.reason for row in rows}


def _foreseen(session: Session, now: datetime) -> dict[int, tuple[str, str]]:
    """Return follow-up id → reason and words for what would not be sent if nothing changed until it is due."""
    soon = FollowUp.due_at < now + AROUND
    ids = session.scalars(
        select(FollowUp.id)
        .where(FollowUp.shop_id == entered_shop(session), _open(), FollowUp.reason.is_(None))
        .where(or_(soon, FollowUp.provisional))
        .order_by(FollowUp.due_at, FollowUp.id)
        .limit(MOST_FORESEEN)
    ).all()
    found = {}
    for one in gather(session, ids):
        guessed = one.follow_up.provisional
        if guessed and not _is_asked_without_tracking(one.facts):
            continue
        at = now if guessed else max(now, one.facts.follow_up.due_at)
        verdict = decide(one.facts, Limits(), at)
        if not isinstance(verdict, Send):
            name = first_name(one.person.customer, one.order)
            told = explain(recorded(verdict, one.facts, at), name, now, shop_zone(session))
            found[one.follow_up.id] = (str(verdict.reason), told.verdict)
    return found


def _is_asked_without_tracking(facts: Facts) -> bool:
    """Tell whether nobody will ever report the arrival this question waits for."""
    asks = facts.step.message_class is MessageClass.REVIEW_ASK
    return asks and all(line.shipped_at is not None and not line.tracked for line in facts.items)


def _open() -> ColumnElement[bool]:
    return FollowUp.state.in_((FollowUpState.SCHEDULED, FollowUpState.HELD))


def _differing(reasons: dict[int, str]) -> list[int]:
    """Return the ids so that the first ones have each their own reason."""
    by_reason: dict[str, list[int]] = {}
    for number, reason in reasons.items():
        by_reason.setdefault(reason, []).append(number)
    rounds: Iterable[tuple[int | None, ...]] = zip_longest(*by_reason.values())
    return [number for number in chain.from_iterable(rounds) if number is not None]


def _told(session: Session, number: int) -> str:
    return why(session, number).explanation.verdict


def _in_words(session: Session, words: Mapping[int, str]) -> tuple[Silent, ...]:
    rows = session.execute(
        with_buyer(FollowUp).where(FollowUp.shop_id == entered_shop(session), FollowUp.id.in_(words))
    )
    known = {
        row.id: Silent(
            id=row.id,
            person=full_name(customer, order),
            customer_id=order.customer_id,
            order=order.name,
            step=step_name(row.step),
            words=words[row.id],
            can_come_back=way_back(row, None) is not None,
        )
        for row, order, customer in rows.all()
    }
    return tuple(known[number] for number in words if number in known)
