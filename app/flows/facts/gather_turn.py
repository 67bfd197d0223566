"""Gather what people have had from the shop lately, and who else waits for room with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.flows.facts import published
from app.flows.language.steps import Step
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.rules.decision import TurnFacts
from app.flows.rules.turn import MONTH, is_capped, priority
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.messages.models import Message, MessageState
from app.orders.models import Order
from app.shops.measures import Measures

LEFT: Final = (MessageState.SENDING, MessageState.ACCEPTED, MessageState.UNKNOWN)
TRANSACTIONAL: Final = "transactional"


@dataclass(frozen=True, slots=True)
class Asked:
    """One follow-up whose person's turn is asked for."""

    row: FollowUp
    step: Step
    order: Order
    address: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What one follow-up's person has had, and when they had its very words.

    `keys` are who the person is: our customer ids and the address; whoever shares one is the same person.
    """

    turn: TurnFacts = field(default_factory=TurnFacts)
    same_sent_at: datetime | None = None
    keys: frozenset[int | str] = frozenset()


def heard(session: Session, asked: Sequence[Asked], measures: Measures, now: datetime) -> dict[int, Heard]:
    """Return it by follow-up. News of an order counts nothing and is not looked up."""
    asked = [one for one in asked if not one.step.is_news]
    if not asked:
        return {}
    persons = _persons(session, asked)
    ids = sorted({each for mine in persons.values() for each in mine})
    said = _said(session, asked, ids, now - max(MONTH, timedelta(days=measures.same_apart_days)))
    own = _own_words(session, [one.row.id for one in asked])
    due = _due(session, ids, now) if any(is_capped(one.step) for one in asked) else {}
    found = {}
    for one in asked:
        mine = persons[one.row.id]
        rows = [row for row in said if row.is_to(one, mine)]
        recent = [row for row in rows if row.sent_at > now - MONTH]
        same = [row.sent_at for row in rows if row.substance is not None and row.substance == own.get(one.row.id)]
        rank = rank_of(one.step, one.row.expires_at, one.row.id)
        ahead = {each.id for person in mine for each in due.get(person, ()) if each.rank < rank} - {one.row.id}
        found[one.row.id] = Heard(
            turn=TurnFacts(
                said=tuple(sorted(row.sent_at for row in recent if row.message_class != TRANSACTIONAL)),
                optional=tuple(sorted(row.sent_at for row in recent if row.optional)),
                ahead=len(ahead) if is_capped(one.step) else 0,
            ),
            same_sent_at=max(same, default=None),
            keys=frozenset(mine) | ({one.address} if one.address else frozenset()),
        )
    return found


def said_before(
    session: Session, written: Mapping[int, str], asked: Sequence[Asked], since: datetime
) -> dict[int, datetime]:
    """Return when each person last had the very words just written for them, by follow-up; who did not is left out.

    `written` is the substance by follow-up.
    """
    persons = _persons(session, asked)
    said = _said(session, asked, sorted({each for mine in persons.values() for each in mine}), since) if asked else []
    found = {}
    for one in asked:
        words = written[one.row.id]
        same = [row.sent_at for row in said if row.substance == words and row.is_to(one, persons[one.row.id])]
        if same:
            found[one.row.id] = max(same)
    return found


@dataclass(frozen=True, slots=True)
class _Due:
    id: int
    rank: tuple[int, datetime, int]


def rank_of(step: Step, expires_at: datetime, follow_up_id: int) -> tuple[int, datetime, int]:
    """Return the place in the queue for a person's room: what matters more first, then what ends first."""
    return (-priority(step), expires_at, follow_up_id)


def _persons(session: Session, asked: Sequence[Asked]) -> dict[int, set[int]]:
    """Return the customers behind each follow-up: the order's, and whoever else has the address it goes to."""
    addresses = sorted({one.address for one in asked if one.address is not None})
    rows = session.execute(
        select(Customer.id, Customer.email).where(
            Customer.shop_id == entered_shop(session), among(Customer.email, addresses)
        )
    )
    by_address: Mapping[str | None, set[int]] = defaultdict(set)
    for row in rows:
        by_address[row.email].add(row.id)
    return {
        one.row.id: by_address.get(one.address, set()) | ({one.order.customer_id} if one.order.customer_id else set())
        for one in asked
    }


@dataclass(frozen=True, slots=True)
class _Said:
    customer_id: int | None
    recipient: str
    follow_up_id: int
    sent_at: datetime
    message_class: str
    optional: bool
    substance: str | None

    def is_to(self, one: Asked, people: AbstractSet[int]) -> bool:
        """Tell whether it went to the person of a follow-up, and was not that follow-up's own."""
        theirs = self.customer_id in people or self.recipient == one.address
        return theirs and self.follow_up_id != one.row.id


def _said(session: Session, asked: Sequence[Asked], people: Sequence[int], since: datetime) -> list[_Said]:
    addresses = sorted({one.address for one in asked if one.address is not None})
    rows = session.execute(
        select(
            Message.customer_id,
            Message.recipient,
            Message.follow_up_id,
            Message.sent_at,
            Message.message_class,
            Message.optional,
            Message.substance,
        ).where(
            Message.shop_id == entered_shop(session),
            or_(among(Message.customer_id, people), among(Message.recipient, addresses)),
            Message.sent_at > since,
            Message.state.in_(LEFT),
        )
    )
    return [
        _Said(customer, recipient, follow_up, at, message_class, optional, words)
        for customer, recipient, follow_up, at, message_class, optional, words in rows
        if at is not None
    ]


def _own_words(session: Session, follow_ups: Sequence[int]) -> dict[int, str]:
    """Return the substance of messages written already, by follow-up."""
    rows = session.execute(
        select(Message.follow_up_id, Message.substance).where(
            Message.shop_id == entered_shop(session), among(Message.follow_up_id, follow_ups)
        )
    )
    return {row.follow_up_id: row.substance for row in rows if row.substance is not None}


def _due(session: Session, people: Sequence[int], now: datetime) -> dict[int, list[_Due]]:
    """Return what is due to these people and counts, by customer."""
    rows = session.execute(
        select(
            FollowUp.id,
            FollowUp.step,
            FollowUp.expires_at,
            Order.customer_id,
            Enrollment.flow_id,
            Enrollment.version,
        )
        .join(Order, (Order.shop_id == FollowUp.shop_id) & (Order.id == FollowUp.order_id))
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(FollowUp.shop_id == entered_shop(session), among(Order.customer_id, people))
        .where(FollowUp.state.in_((FollowUpState.SCHEDULED, FollowUpState.CLAIMED)))
        .where(FollowUp.due_at <= now, FollowUp.expires_at > now)
    ).all()
    documents = published.documents(session, [(row.flow_id, row.version) for row in rows]) if rows else {}
    found: dict[int, list[_Due]] = defaultdict(list)
    for row in rows:
        try:
            step = documents[row.flow_id, row.version].step(row.step)
        except KeyError:  # the step is gone from the flow: it will not be sent, and takes no room
            continue
        if is_capped(step):
            found[row.customer_id].append(_Due(row.id, rank_of(step, row.expires_at, row.id)))
    return found
