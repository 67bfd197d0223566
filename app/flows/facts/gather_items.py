"""Gather what follow-ups are about: the lines of their order or parcel, and what was said about them before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts import gather_units
from app.flows.facts.gather_groups import Documents, Group, groups
from app.flows.facts.gather_units import REFUNDED, SENT_BACK
from app.flows.language.steps import Step
from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.rules.decision import Item, Sent
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.messages.models import Message, MessageItem, MessageState
from app.orders.arrival.delivery import DeliverySource
from app.orders.arrival.denials import DENIALS, WAITS, of_lines
from app.orders.models import OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine, inferred
from app.orders.sent_back import Units
from app.reviews.models import Review

ORDER_LINE = "order_line"

SENT = {
    MessageState.REJECTED: Sent.REFUSED,
    MessageState.ACCEPTED: Sent.ACCEPTED,
    MessageState.UNKNOWN: Sent.UNKNOWN,
    MessageState.SENDING: Sent.UNKNOWN,
}

Planned = tuple[FollowUp, Enrollment, Step]
Contents = dict[int, tuple[int, Fulfillment]]  # line → how many of it, and in which parcel
Said = dict[tuple[str, int, str], tuple[int, Sent]]  # (kind, id, step) → (follow-up that said it, how sure)


LINES: Final = Question(
    select(OrderLine.__table__)
    .where(OrderLine.shop_id == SHOP, one_of(OrderLine.order_id, "orders"))
    .order_by(OrderLine.price.desc().nulls_last(), OrderLine.id)
)
REVIEWS: Final = Question(
    select(Review.order_line_id).where(Review.shop_id == SHOP, one_of(Review.order_line_id, "lines"))
)
SAID: Final = Question(
    select(
        MessageItem.item_kind,
        MessageItem.item_id,
        MessageItem.step,
        Message.follow_up_id,
        Message.state,
        FollowUp.state.label("row_state"),
    )
    .join(Message, (Message.shop_id == MessageItem.shop_id) & (Message.id == MessageItem.message_id))
    .outerjoin(FollowUp, (FollowUp.shop_id == Message.shop_id) & (FollowUp.id == Message.follow_up_id))
    .where(MessageItem.shop_id == SHOP, one_of(MessageItem.step, "spoken"), one_of(MessageItem.item_id, "things"))
)


@dataclass(frozen=True, slots=True)
class Found:
    """Hold the lines one follow-up is about, and whether its subject as a whole was spoken about."""

    lines: tuple[Item, ...]
    subject_sent: Sent
    group: Group | None = None


def spoken_as(step: Step, run: Enrollment) -> str:
    """Return the name by which a step speaks once about a thing: once a year where its run comes back every year."""
    return f"{step.key}@{run.occurrence}" if run.occurrence else step.key


def items(session: Session, planned: Sequence[Planned], documents: Documents) -> dict[int, Found]:
    """Return what each follow-up is about, by its id: of parcels that arrived together, the lines of all of them."""
    orders = {"orders": sorted({run.order_id for _, run, _ in planned})}
    lines: list[OrderLine]
    lines, refunded, sent_back = ask(session, (LINES, orders), (REFUNDED, orders), (SENT_BACK, orders))
    by_order: dict[int, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_order[line.order_id].append(line)
    parcels = _parcels(session, entered_shop(session), orders["orders"])
    units = gather_units.units(lines, _sent_units(parcels), refunded, sent_back)
    ids = {"lines": [line.id for line in lines]}
    subjects = {run.subject_id for _, run, _ in planned}
    spoken = {spoken_as(step, run) for _, run, step in planned}
    things: dict[str, Sequence[Any]] = {"things": sorted({*ids["lines"], *subjects}), "spoken": sorted(spoken)}
    denials, reviews, spoke = ask(session, (DENIALS, ids), (REVIEWS, ids), (SAID, things))
    said_not, reviewed, said = of_lines(denials), {row.order_line_id for row in reviews}, _said(spoke)
    known = {parcel.id: parcel for contents in parcels.values() for _, parcel in contents.values()}
    together = groups(session, planned, known.values(), documents)
    spoken_of: dict[tuple[str, int], set[int]] = defaultdict(set)
    for (kind, item, word), (by, _) in said.items():
        if kind == ORDER_LINE:
            spoken_of[word, by].add(item)
    result: dict[int, Found] = {}
    for row, run, step in planned:
        word = spoken_as(step, run)
        group = with_held(together.get(row.id), parcels, spoken_of.get((word, row.id), set()))
        in_parcel = contents_of(run, parcels, group)
        about = [line for line in by_order[run.order_id] if in_parcel is None or line.id in in_parcel]
        result[row.id] = Found(
            lines=tuple(
                item_of(
                    line,
                    in_parcel,
                    units[line.id],
                    line.id in reviewed,
                    _sent(said, row, ORDER_LINE, line.id, word),
                    said_not.get(line.id),
                )
                for line in about
            ),
            subject_sent=_sent(said, row, run.subject_kind, run.subject_id, word),
            group=group,
        )
    return result


def with_held(group: Group | None, parcels: dict[int, Contents], held: set[int]) -> Group | None:
    """Return the group with the parcels whose lines the row's own message speaks for already.

    A message that is tried again says all it said at first: the rows of those parcels may have ended meanwhile, because
    it speaks for them.
    """
    if group is None or not held:
        return group
    more = [one for one, contents in parcels.items() if contents and held >= contents.keys()]
    return replace(group, parcels=(*group.parcels, *(one for one in more if one not in group.parcels)))


def contents_of(run: Enrollment, parcels: dict[int, Contents], group: Group | None) -> Contents | None:
    """Return which lines a run is about and how they travelled; None for a run about a whole order.

    A line in several parcels of a group counts for the first of them, with all its units.
    """
    if group is not None:
        found: Contents = {}
        for each in group.parcels:
            for line_id, (quantity, parcel) in parcels.get(each, {}).items():
                before, first = found.get(line_id, (0, parcel))
                found[line_id] = before + quantity, first
        return found
    if run.subject_kind != ORDER_LINE:
        return None
    carried = [contents[run.subject_id] for contents in parcels.values() if run.subject_id in contents]
    standing = [each for each in carried if each[1].cancelled_at is None] or carried
    return {run.subject_id: min(standing, key=lambda each: (each[1].shipped_at, each[1].id))} if standing else {}


def item_of(
    line: OrderLine,
    in_parcel: Contents | None,
    units: Units,
    reviewed: bool,  # noqa: FBT001 - one of six facts of a line
    sent: Sent,
    said_not: datetime | None,
) -> Item:
    """Return one line as a decision looks at it. `in_parcel` is None for a run about a whole order."""
    quantity, parcel = in_parcel[line.id] if in_parcel is not None else (units.left, None)
    return Item(
        order_id=line.order_id,
        order_line_id=line.id,
        current_quantity=min(units.left, quantity),
        fulfillment_id=parcel.id if parcel else None,
        title=line.title,
        requires_shipping=line.requires_shipping,
        is_gift_card=line.is_gift_card,
        refunded=units.is_refunded,
        returned=units.is_sent_back,
        parcel_cancelled=parcel is not None and parcel.cancelled_at is not None,
        tracked=parcel is None or parcel.tracking_number is not None,
        shipped_at=parcel.shipped_at if parcel else None,
        delivered_at=parcel.delivered_at if parcel else None,
        delivered_source=DeliverySource(parcel.delivered_source) if parcel and parcel.delivered_source else None,
        inferred=inferred(parcel) if parcel else None,
        sent=sent,
        reviewed=reviewed,
        shipment_status=parcel.shipment_status if parcel else None,
        product_id=line.product_shopify_id,
        denied_until=_denied_until(said_not, parcel),
    )


def _denied_until(said_at: datetime | None, parcel: Fulfillment | None) -> datetime | None:
    """Return until when nobody asks about a line that is said not to have come; a later report ends that."""
    arrived = parcel.delivered_at if parcel is not None else None
    if said_at is None or (arrived is not None and arrived > said_at):
        return None
    return said_at + WAITS


def _parcels(session: Session, shop_id: int, order_ids: list[int]) -> dict[int, Contents]:
    rows = session.execute(
        select(Fulfillment, FulfillmentLine)
        .join(
            FulfillmentLine,
            (FulfillmentLine.shop_id == Fulfillment.shop_id) & (FulfillmentLine.fulfillment_id == Fulfillment.id),
        )
        .where(Fulfillment.shop_id == shop_id, among(Fulfillment.order_id, order_ids))
        .execution_options(populate_existing=True)
    ).all()
    found: dict[int, Contents] = defaultdict(dict)
    for parcel, line in rows:
        found[parcel.id][line.order_line_id] = (line.quantity, parcel)
    return found


def _sent_units(parcels: dict[int, Contents]) -> dict[int, int]:
    """Return how many of each line are in parcels that stand."""
    found: dict[int, int] = defaultdict(int)
    for contents in parcels.values():
        for line_id, (quantity, parcel) in contents.items():
            found[line_id] += 0 if parcel.cancelled_at else quantity
    return found


def _said(rows: Iterable[Any]) -> Said:
    return {(row.item_kind, row.item_id, row.step): (row.follow_up_id, _how(row.state, row.row_state)) for row in rows}


def _how(message: MessageState, row: FollowUpState | None) -> Sent:
    """Return how far a message came; one that never left and whose row has ended says nothing any more."""
    if message is not MessageState.PLANNED:
        return SENT[message]
    return Sent.NEVER if row is FollowUpState.DONE else Sent.PENDING


def _sent(said: Said, row: FollowUp, kind: str, item_id: int, word: str) -> Sent:
    found = said.get((kind, item_id, word))
    if found is None:
        return Sent.NEVER
    follow_up_id, sent = found
    ours = follow_up_id == row.id
    # What its own message has not brought through it may still say; what another's has not, is not said twice. What may
    # have left is said again where somebody at the shop decided so.
    unsaid = {Sent.PENDING, Sent.REFUSED} if row.again_at is None else {Sent.PENDING, Sent.REFUSED, Sent.UNKNOWN}
    return Sent.NEVER if ours and sent in unsaid else sent
