"""Put together what one decision would have looked at: the facts of a follow-up as they were known at an instant.

What production gathers by queries is found here in what was loaded before; how it becomes facts is the same code.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.experiments import hold_out
from app.flows.facts.calendars import Whereabouts
from app.flows.facts.gather import flow_facts, order_facts
from app.flows.facts.gather_groups import HANDED_OVER, Group, Other, arrivals, group_of
from app.flows.facts.gather_items import ORDER_LINE, contents_of, item_of, spoken_as, with_held
from app.flows.facts.gather_left_out import Exclusions
from app.flows.facts.gather_shop import gift_by, withheld
from app.flows.language.steps import Subject
from app.flows.models import FollowUp, FollowUpState
from app.flows.replay.history.past import Past
from app.flows.replay.history.settings_then import Settings
from app.flows.replay.history.then import OrderThen
from app.flows.replay.people_then import asked_at, customer_then, reordered_at, turn_then
from app.flows.replay.saying import Beside, Saying
from app.flows.rules.decision import (
    Facts,
    FollowUpFacts,
    HoldoutFacts,
    Item,
    OpenReturn,
    Sent,
)
from app.flows.rules.turn import is_capped
from app.flows.timing.recipient_zone import RecipientZone, ZoneSource
from app.orders.record.reversal import OPEN_STATES
from app.shopify.payloads.vocabulary import ReturnStatus


def facts_then(past: Past, settings: Settings, one: Saying, beside: Beside, now: datetime) -> Facts:
    """Return what deciding about a planned message looks at, as of `now`."""
    row, order, then, step = one.row, one.then.order, one.then, one.step
    customer = past.customers.get(order.customer_id or 0)
    excluded = settings.left_out
    address = (order.email or (customer.email if customer else None)) if then.has_email or customer else None
    group = _group(one, beside)
    word = spoken_as(step, one.run)
    zone = zone_then(settings.places, then)
    shop = settings.shop
    returns = [case for case in then.cases.values() if case.status in {*OPEN_STATES, ReturnStatus.CLOSED}]
    held = (
        hold_out.held_by(past.shares, past.shop_id, order.customer_id, one.flow.flow.key) if is_capped(step) else None
    )
    muted = past.wishes(order.customer_id, now).muted
    bought = [
        each.order
        for each in beside.orders.values()
        if order.customer_id and each.order.customer_id == order.customer_id
    ]
    return Facts(
        step=step,
        follow_up=FollowUpFacts(
            anchor_at=row.anchor_at,
            due_at=row.due_at,
            expires_at=row.expires_at,
            zone=zone.name,
            zone_source=zone.source,
            provisional=row.provisional,
            sent=_sent(beside, row, one.run.subject_kind, one.run.subject_id, word),
            waited_for=row.reason,
            spoken_for_at=group.spoken_for_at if group else None,
            news_at=group.news_at if group else (),
        ),
        order=replace(
            order_facts(order, max((at for at, _ in then.refunds.values()), default=None), returns),
            gift=gift_by(order, customer, settings.measures),
            excluded_tag=excluded.tag_of(order),
        ),
        items=tuple(_items(past, one, beside, group, excluded, muted, word, now)),
        shop=withheld(shop) if order.email_withheld else shop,
        flow=flow_facts(one.flow.flow, one.flow.at(now)[1], step),
        customer=customer_then(past, excluded, order, customer, address, then, bought, now),
        holdout=HoldoutFacts(*held) if held is not None else None,
        bounds=settings.bounds,
        turn=turn_then(one, beside, now),
        open_returns=tuple(
            OpenReturn(case.name or "", case.opened_at, tuple(sorted(then.coming_back[case.id])))
            for case in returns
            if case.status in OPEN_STATES
        ),
        calendar=settings.places.to_decide(order, step, row.anchor_at or row.due_at, row.expires_at),
    )


def zone_then(places: Whereabouts, then: OrderThen) -> RecipientZone:
    """Return whose clock the order's messages went by: as it was kept, else as the address says today."""
    return RecipientZone(then.zone, ZoneSource.COUNTRY) if then.zone else places.zone(then.order)


def _items(
    past: Past,
    one: Saying,
    beside: Beside,
    group: Group | None,
    excluded: Exclusions,
    muted: frozenset[int],
    word: str,
    now: datetime,
) -> list[Item]:
    inside = contents_of(one.run, one.then.contents, group)
    reviewed = {review.order_line_id for review in one.past.reviews if review.submitted_at <= now}
    found = []
    for line in sorted(one.then.lines.values(), key=lambda each: each.id):
        if inside is not None and line.id not in inside:
            continue
        sent = _sent(beside, one.row, ORDER_LINE, line.id, word)
        said_not = max((at for at in past.denials.get(line.id, ()) if at <= now), default=None)
        item = item_of(line, inside, one.then.units(line), line.id in reviewed, sent, said_not)
        found.append(
            replace(
                item,
                excluded=excluded.products.get(item.product_id or 0),
                muted=item.product_id in muted,
                asked_at=asked_at(one, beside, item.product_id),
                reordered_at=reordered_at(one, beside, item.product_id, now),
            )
        )
    return found


def _sent(beside: Beside, row: FollowUp, kind: str, number: int, word: str) -> Sent:
    by = beside.items.get((kind, number, word))
    # What it said itself it may say once more where somebody decided so.
    return Sent.NEVER if by is None or (by == row.id and row.again_at is not None) else Sent.ACCEPTED


def _group(one: Saying, beside: Beside) -> Group | None:
    if one.run.subject_kind != Subject.FULFILLMENT:
        return None
    others = [
        Other(
            each.row.id,
            each.row.order_id,
            each.run.flow_id,
            each.run.version,
            each.run.subject_id,
            each.row.step,
            each.row.due_at,
            open=each.row.state is not FollowUpState.DONE,
            handed_over_at=each.row.done_at if each.row.outcome == HANDED_OVER else None,
        )
        for each in beside.of_order.get(one.row.order_id, ())
        if each.run.subject_kind == Subject.FULFILLMENT
    ]
    documents = {(each.run.flow_id, each.run.version): each.document for each in beside.of_order[one.row.order_id]}
    group = group_of(one.row, one.run, one.step, others, arrivals(one.then.parcels.values()), documents)
    word = spoken_as(one.step, one.run)
    said = {item for (kind, item, as_), by in beside.items.items() if (kind, as_, by) == (ORDER_LINE, word, one.row.id)}
    return with_held(group, one.then.contents, said) if one.row.again_at is not None else group
