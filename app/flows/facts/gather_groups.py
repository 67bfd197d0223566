"""Gather what else is planned or was said about the other parcels of the same order.

Rows of one step about parcels that arrived together are one message: the first of them speaks for all, and the others
look again once it has had its turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.wish_topics import Topic
from app.flows.facts import published
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Event
from app.flows.language.steps import Step, Subject
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.timing.shipment_group import arrived_with
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.arrival.delivery import DeliverySource
from app.orders.parcels import Fulfillment

HANDED_OVER: Final = "handed_over"
# What the buyer has to act upon, or was promised otherwise, is told however much was told that day.
EXCEPTIONS: Final = frozenset({Event.DELAYED, Event.FAILED_ATTEMPT, Event.READY_FOR_PICKUP})

Documents = Mapping[tuple[int, int], FlowDocument]


@dataclass(frozen=True, slots=True)
class Group:
    """Hold the parcels one row is about (our ids, as they arrived) and what their other rows say and said.

    `spoken_for_at`: when the row is due that speaks for this one too; None where this one speaks itself. `news_at`:
    when other news of the order's parcels went, or goes before this one.
    """

    parcels: tuple[int, ...]
    spoken_for_at: datetime | None = None
    news_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """One row about a parcel of an order: whether it may still speak, and when it has."""

    id: int
    order_id: int
    flow_id: int
    version: int
    parcel: int
    step: str
    due_at: datetime
    open: bool
    handed_over_at: datetime | None = None

    def says_as(self, other: Other) -> bool:
        """Say whether it is the same message of the same flow, about another parcel."""
        return (self.flow_id, self.step) == (other.flow_id, other.step)


def groups(
    session: Session,
    planned: Sequence[tuple[FollowUp, Enrollment, Step]],
    parcels: Collection[Fulfillment],
    documents: Documents,
) -> dict[int, Group]:
    """Return the group of each row about a parcel, by the row's id. `documents` are by flow and version.

    Asks nothing where every order has one parcel and nothing in question is news of one.
    """
    by_order: dict[int, list[Fulfillment]] = defaultdict(list)
    for parcel in parcels:
        by_order[parcel.order_id].append(parcel)
    about = [each for each in planned if each[1].subject_kind == Subject.FULFILLMENT]
    wanted = sorted({run.order_id for _, run, step in about if len(by_order[run.order_id]) > 1 or _is_news(step)})
    others: dict[int, list[Other]] = defaultdict(list)
    for other in _others(session, wanted) if wanted else ():
        others[other.order_id].append(other)
    pairs = {(other.flow_id, other.version) for each in others.values() for other in each} - set(documents)
    known = {**documents, **(published.documents(session, pairs) if pairs else {})}
    return {
        row.id: group_of(row, run, step, others[run.order_id], arrivals(by_order[run.order_id]), known)
        for row, run, step in about
    }


def group_of(
    row: FollowUp,
    run: Enrollment,
    step: Step,
    others: Sequence[Other],
    arrived: Mapping[int, datetime],
    documents: Documents,
) -> Group:
    """Return the group of one row about a parcel. `others` are all such rows of its order, `arrived` its arrivals."""
    mine = Other(row.id, run.order_id, run.flow_id, run.version, run.subject_id, row.step, row.due_at, open=True)
    beside = [other for other in others if other.id != row.id]
    news = _news_before(mine, beside, documents) if _is_capped_news(mine, documents) else ()
    if not step.about_lines:
        return Group((run.subject_id,), news_at=news)
    unsaid = {other.parcel: other for other in (*beside, mine) if other.open and other.says_as(mine)}
    together = arrived_with(run.subject_id, {parcel: at for parcel, at in arrived.items() if parcel in unsaid})
    speaker = min((unsaid[parcel] for parcel in together), key=lambda other: other.id)
    parcels = (run.subject_id, *(parcel for parcel in together if parcel != run.subject_id))
    return Group(parcels, spoken_for_at=None if speaker.id == row.id else speaker.due_at, news_at=news)


def _news_before(mine: Other, beside: Sequence[Other], documents: Documents) -> tuple[datetime, ...]:
    """Return when news of the order's parcels went, or goes before this one does."""
    said = [other for other in beside if _is_news(documents[other.flow_id, other.version].step(other.step))]
    gone = [other.handed_over_at for other in said if other.handed_over_at is not None]
    ahead = [other.due_at for other in said if other.open and (other.due_at, other.id) < (mine.due_at, mine.id)]
    return (*gone, *ahead)


def _is_news(step: Step) -> bool:
    return step.is_news and step.topic is Topic.SHIPPING


def _is_capped_news(mine: Other, documents: Documents) -> bool:
    document = documents[mine.flow_id, mine.version]
    return _is_news(document.step(mine.step)) and document.trigger.on not in EXCEPTIONS


def arrivals(parcels: Collection[Fulfillment]) -> dict[int, datetime]:
    """Return when each parcel that stands was reported to have arrived."""
    return {
        parcel.id: parcel.delivered_at
        for parcel in parcels
        if parcel.cancelled_at is None
        and parcel.delivered_at is not None
        and parcel.delivered_source not in {None, DeliverySource.FALLBACK}
    }


def _others(session: Session, order_ids: list[int]) -> list[Other]:
    rows = session.execute(
        select(
            FollowUp.id,
            FollowUp.order_id,
            Enrollment.flow_id,
            Enrollment.version,
            Enrollment.subject_id,
            FollowUp.step,
            FollowUp.due_at,
            FollowUp.state,
            FollowUp.outcome,
            FollowUp.done_at,
        )
        .join(Enrollment, (Enrollment.shop_id == FollowUp.shop_id) & (Enrollment.id == FollowUp.enrollment_id))
        .where(FollowUp.shop_id == entered_shop(session), among(FollowUp.order_id, order_ids))
        .where(Enrollment.subject_kind == Subject.FULFILLMENT)
        .order_by(FollowUp.id)
    )
    return [
        Other(
            row.id,
            row.order_id,
            row.flow_id,
            row.version,
            row.subject_id,
            row.step,
            row.due_at,
            open=row.state is not FollowUpState.DONE,
            handed_over_at=row.done_at if row.outcome == HANDED_OVER else None,
        )
        for row in rows
    ]
