"""Gather the facts of many follow-ups of one shop in a few queries. The only query-heavy file: decisions are pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.experiments import hold_out
from app.flows.facts import gather_items, gather_people, published
from app.flows.facts.calendars import CalendarSetting, Whereabouts
from app.flows.facts.gather_bought import before
from app.flows.facts.gather_left_out import exclusions
from app.flows.facts.gather_lost import Lost, lost
from app.flows.facts.gather_people import Person
from app.flows.facts.gather_shop import PROFILE, STANDING, bounds, gift_by, shop_facts, withheld
from app.flows.facts.gather_turn import Asked, Heard, heard
from app.flows.facts.standing.gather_profile import profiles
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Step
from app.flows.models import Enrollment, Flow, FlowState, FollowUp
from app.flows.rules.decision import (
    CustomerFacts,
    Facts,
    FlowFacts,
    FollowUpFacts,
    HoldoutFacts,
    Item,
    OpenReturn,
    OrderFacts,
    ProfileFacts,
)
from app.flows.rules.turn import is_capped
from app.flows.timing.recipient_zone import RecipientZone
from app.kit import epoch
from app.kit.clock import business_now
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.record.reversal import OPEN_STATES
from app.orders.reversals import Refund, ReturnCase, ReturnLine
from app.shopify.payloads.vocabulary import ReturnStatus
from app.shops import settings
from app.shops.left_out import LeftOut
from app.shops.measures import Measures

Part = TypeVar("Part", Item, OrderFacts, CustomerFacts)
Run = tuple[FollowUp, Enrollment, Order, Flow]


RUNS: Final = Question(select(Enrollment.__table__).where(Enrollment.shop_id == SHOP, one_of(Enrollment.id, "runs")))
ORDERS: Final = Question(select(Order.__table__).where(Order.shop_id == SHOP, one_of(Order.id, "orders")))
FLOWS: Final = Question(select(Flow.__table__).where(Flow.shop_id == SHOP))
RETURNS: Final = Question(
    select(ReturnCase.__table__).where(ReturnCase.shop_id == SHOP, one_of(ReturnCase.order_id, "orders"))
)
REFUNDS: Final = Question(
    select(Refund.order_id, func.max(Refund.happened_at).label("at"))
    .where(Refund.shop_id == SHOP, one_of(Refund.order_id, "orders"))
    .group_by(Refund.order_id)
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Hold one follow-up with everything its decision and its words need."""

    follow_up: FollowUp
    enrollment: Enrollment
    order: Order
    flow: Flow
    step: Step
    person: Person
    facts: Facts
    lost: Lost | None = None
    keys: frozenset[int | str] = frozenset()  # who the person is, to know them again


def gather(session: Session, ids: Sequence[int]) -> list[Gathered]:
    """Return the facts of the follow-ups with these ids, as they stand in this transaction.

    Only the follow-ups are the session's objects: what is decided is written to them. The rest is read.
    """
    found = session.scalars(
        select(FollowUp)
        .where(FollowUp.shop_id == entered_shop(session), among(FollowUp.id, ids))
        .order_by(FollowUp.due_at, FollowUp.id)
        .execution_options(populate_existing=True),
    ).all()
    about = {"runs": [row.enrollment_id for row in found]}, {"orders": [row.order_id for row in found]}
    asked = ask(session, (RUNS, about[0]), (ORDERS, about[1]), (FLOWS, {}))
    runs, orders, flows = ({row.id: row for row in rows} for rows in asked)
    known = [row for row in found if row.enrollment_id in runs and row.order_id in orders]  # none is gone meanwhile
    return gather_runs(
        session,
        [(row, runs[row.enrollment_id], orders[row.order_id], flows[runs[row.enrollment_id].flow_id]) for row in known],
    )


def gather_runs(
    session: Session, rows: Sequence[Run], unstored: Mapping[tuple[int, int], FlowDocument] | None = None
) -> list[Gathered]:
    """Return the facts of follow-ups at hand, in their order: also of such as were never stored, for previews.

    The ids of the follow-ups must differ. `unstored` are documents of flows that are only supposed, by (id, version).
    """
    shop_id = entered_shop(session)
    if not rows:
        return []
    order_ids = sorted({order.id for _, _, order, _ in rows})
    # The versions runs are pinned to and, for the switches as they stand now, the published ones.
    pairs = {(run.flow_id, run.version) for _, run, _, _ in rows} | {(flow.id, flow.version) for *_, flow in rows}
    versions, sections, (standing,), profiled, restorations = ask(
        session,
        *((published.VERSIONS, published.of_flows(pairs)), (settings.SECTIONS, {})),
        *((STANDING, {}), (PROFILE, {}), (epoch.RESTORATIONS, {})),
    )
    documents = {**published.read(versions, pairs), **(unstored or {})}
    stored, profile = settings.stored(sections), next(iter(profiled), None)
    shop = shop_facts(standing, profile, restorations, stored)
    places = Whereabouts(stored.of(CalendarSetting), profile.timezone if profile else "")
    cases, money = ask(session, (RETURNS, {"orders": order_ids}), (REFUNDS, {"orders": order_ids}))
    returns, refunded = _returns(cases), {row.order_id: row.at for row in money}
    coming_back = _return_lines(session, shop_id, [case.id for cases in returns.values() for case in cases])
    people = gather_people.people(session, [order for _, _, order, _ in rows])
    steps = [(row, run, documents[run.flow_id, run.version].step(row.step)) for row, run, _, _ in rows]
    items = gather_items.items(session, steps, documents)
    measures = stored.of(Measures)
    turns = heard(
        session,
        [Asked(row, step, order, people[order.id].address) for (row, _, order, _), (_, _, step) in _pairs(rows, steps)],
        measures,
        business_now(session),
    )
    left_out = exclusions(session, stored.of(LeftOut), [found.lines for found in items.values()])
    held = hold_out.shares(session) if any(is_capped(step) for _, _, step in steps) else {}
    past = before(session, [(row, step, order) for (row, _, order, _), (_, _, step) in _pairs(rows, steps)])
    forgotten = lost(session, restorations, [(run, step) for run, (_, _, step) in zip(rows, steps, strict=True)])
    asked_again = profiles(
        session,
        [(row.id, run, order, documents[run.flow_id, run.version], places.zone(order)) for row, run, order, _ in rows],
        business_now(session),
    )
    gathered = []
    for row, run, order, flow in rows:
        step = documents[run.flow_id, run.version].step(row.step)
        person = people[order.id]
        found, turn = items[row.id], turns.get(row.id, Heard())
        facts = Facts(
            step=step,
            follow_up=_follow_up(row, places.zone(order), found, forgotten.get(row.id)),
            order=_with(
                order_facts(order, refunded.get(order.id), returns.get(order.id, [])),
                gift=gift_by(order, person.customer, measures),
                excluded_tag=left_out.tag_of(order),
            ),
            items=tuple(
                _with(
                    item,
                    excluded=left_out.products.get(item.product_id or 0),
                    muted=item.product_id in person.muted or None,
                    asked_at=past.asked_at(row, order, item.product_id),
                    reordered_at=past.reordered_at(order, item.product_id),
                )
                for item in found.lines
            ),
            shop=shop if not order.email_withheld else withheld(shop),
            flow=flow_facts(flow, documents[flow.id, flow.version], step),
            customer=_with(
                person.facts,
                bought_at=past.last_order.get(order.customer_id or 0),
                excluded=left_out.of_person(person.customer, person.address),
            ),
            holdout=_held(held, order, flow, step),
            bounds=bounds(measures),
            turn=turn.turn,
            same_sent_at=turn.same_sent_at,
            profile=asked_again.get(row.id, ProfileFacts()),
            open_returns=tuple(
                OpenReturn(case.name or str(case.shopify_id), case.opened_at, coming_back.get(case.id, ()))
                for case in returns.get(order.id, ())
                if case.status in OPEN_STATES
            ),
            calendar=places.to_decide(order, step, row.anchor_at or row.due_at, row.expires_at),
        )
        gathered.append(Gathered(row, run, order, flow, step, person, facts, forgotten.get(row.id), turn.keys))
    return gathered


def _with(found: Part, **more: Any) -> Part:
    """Return facts with what else is known of them; of most there is nothing else, and they stay as they are."""
    known = {name: value for name, value in more.items() if value is not None}
    return replace(found, **known) if known else found


def _pairs(rows: Sequence[Run], steps: Sequence[gather_items.Planned]) -> Iterator[tuple[Run, gather_items.Planned]]:
    return zip(rows, steps, strict=True)


def _held(known: Mapping[str, hold_out.Share], order: Order, flow: Flow, step: Step) -> HoldoutFacts | None:
    """Return the holdout that keeps the buyer out of a flow, None for what is part of the sale."""
    found = hold_out.held_by(known, order.shop_id, order.customer_id, flow.key) if is_capped(step) else None
    return HoldoutFacts(*found) if found is not None else None


def _follow_up(row: FollowUp, zone: RecipientZone, found: gather_items.Found, forgotten: Lost | None) -> FollowUpFacts:
    return FollowUpFacts(
        anchor_at=row.anchor_at,
        due_at=row.due_at,
        expires_at=row.expires_at,
        zone=zone.name,
        zone_source=zone.source,
        provisional=row.provisional,
        sent=found.subject_sent if forgotten is None else forgotten.sent,
        waited_for=row.reason,
        spoken_for_at=found.group.spoken_for_at if found.group else None,
        news_at=found.group.news_at if found.group else (),
    )


def order_facts(order: Order, refunded_at: object, returns: Sequence[ReturnCase]) -> OrderFacts:
    """Return the order as a decision looks at it; `refunded_at` is its latest refund's."""
    closed = [case.closed_at for case in returns if case.status == ReturnStatus.CLOSED and case.closed_at is not None]
    return OrderFacts(
        name=order.name,
        placed_at=order.placed_at,
        cancelled_at=order.cancelled_at,
        cancel_reason=order.cancel_reason,
        deleted_at=order.deleted_at,
        financial_status=order.financial_status,
        refunded_at=refunded_at,  # type: ignore[arg-type] # max() of an instant column
        returned_at=max(closed, default=None),
        is_test=order.is_test,
        renewal=order.renewal,
    )


def flow_facts(flow: Flow, now_published: FlowDocument, step: Step) -> FlowFacts:
    """Return the flow's switches as they stand."""
    try:
        state = now_published.step(step.key).state
    except KeyError:  # the step was taken out since: what the run is pinned to still holds
        state = step.state
    return FlowFacts(
        paused_at=flow.paused_at if flow.state is FlowState.PAUSED else None,
        paused_by=flow.paused_by if flow.state is FlowState.PAUSED else None,
        step_state=state,
        trigger=now_published.trigger.on.value,
    )


def _returns(rows: Sequence[ReturnCase]) -> dict[int, list[ReturnCase]]:
    """Return the returns that are open or closed, by order; what was declined or cancelled counts for nothing."""
    found: dict[int, list[ReturnCase]] = {}
    for row in rows:
        if row.status in OPEN_STATES or row.status == ReturnStatus.CLOSED:
            found.setdefault(row.order_id, []).append(row)
    return found


def _return_lines(session: Session, shop_id: int, case_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """Return the order lines in each return, by our id of it."""
    if not case_ids:
        return {}
    rows = session.execute(
        select(ReturnLine.return_case_id, ReturnLine.order_line_id)
        .where(ReturnLine.shop_id == shop_id, among(ReturnLine.return_case_id, case_ids))
        .order_by(ReturnLine.order_line_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for case_id, line_id in rows:
        found[case_id] = (*found.get(case_id, ()), line_id)
    return found
