"""Claims about the language of flows: what is written reads back, and no run is left without a next time or an end."""

import json
import random
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema import Draft202012Validator
from sqlalchemy import delete, func, select, update

from app.flows.language.forms import canonical, flow_document, flow_json
from app.flows.language.happenings import SUBJECTS, Event
from app.flows.language.schema import flow_schema
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow, FlowVersion, FollowUp, FollowUpState
from app.flows.planning.publishing.bundle import export_flows, import_flows
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.flows.planning.runs import look
from app.kit.events import emit
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.orders.record.parcel import record_scan
from app.orders.record.told import WEBHOOK, OrderChanged, Told
from app.orders.reversals import Refund
from app.shopify.payloads.facts import FulfillmentEventFacts
from tests.admin.flow_documents import stranded
from tests.admin.merchant import NOON, Merchant
from tests.flows.documents import documents
from tests.prove.claims import Figure, Scale, by_tests, claim
from tests.prove.world import wired

SEED = 20261122
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = tuple(event for event in Event if SUBJECTS[event] in {Subject.ORDER, Subject.FULFILLMENT})
SCANS = ("in_transit", "out_for_delivery", "attempted_delivery", "ready_for_pickup", "delayed", "picked_up")


def made(count: int, events: tuple[Event, ...] = tuple(Event)) -> list[dict]:
    """Return so many random right documents, always the same for the seed."""
    found: list[dict] = []

    @seed(SEED)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(events))
    def keep(raw: dict) -> None:
        found.append(raw)

    keep()
    return found


@claim("engine", "A flow document reads back the same, and its schema holds what the reader reads", quick=True)
def reads_back(scale: Scale) -> Figure:
    """Write and read random documents of every kind of step, trigger and condition; ask an outsider about each."""
    outsider = Draft202012Validator(flow_schema())
    every = made(scale(1000, quick=60))
    differ = sum(flow_document(flow_json(flow_document(raw))) != flow_document(raw) for raw in every)
    bytes_differ = sum(
        canonical(flow_json(flow_document(raw))) != canonical(flow_json(flow_document(flow_json(flow_document(raw)))))
        for raw in every
    )
    refused = sum(not outsider.is_valid(raw) or not outsider.is_valid(flow_json(flow_document(raw))) for raw in every)
    words = f"{len(every)} documents: {differ} differ, {bytes_differ} in their bytes, {refused} refused by the schema"
    return Figure(f"{words}; seed {SEED}", holds=not (differ or bytes_differ or refused))


@contextmanager
def shops(count: int):
    """Give merchants on one app whose business time a claim moves."""
    clock = {"now": NOON}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.kit.clock.real_now", lambda: clock["now"])
        patch.setattr("app.kit.clock.ASKEW", timedelta.max)
        with wired() as (runtime, web):
            runtime.parts["flask"] = web.application
            names = [f"shop-{number}.myshopify.com" for number in range(count)]
            yield clock, [Merchant(runtime, clock, name) for name in names]


@claim("engine", "Flows exported, wiped, imported and exported again are equal to the byte", quick=True)
def round_trip(scale: Scale) -> Figure:
    """Carry bundles of random flows through a database, and to another shop."""
    every = made(scale(100, quick=8))
    differ = again = 0
    with shops(2) as (_, (one, other)):
        for number, raw in enumerate(every):
            with one.work() as session:
                save_flow(session, flow_document(renamed(raw, number)), by="claim", move=False)
        with one.work() as session:
            text = export_flows(session)
        for merchant in (one, other):
            with merchant.work() as session:
                session.execute(delete(FlowVersion).where(FlowVersion.shop_id == merchant.id))
                session.execute(delete(Flow).where(Flow.shop_id == merchant.id))
            with merchant.work() as session:
                import_flows(session, text, by="claim")
            with merchant.work() as session:
                differ += export_flows(session) != text
                again += sum(each.changes for each in import_flows(session, text, by="claim").flows)
    words = f"{len(every)} flows, {len(text)} bytes, two shops: {differ} bundles differ, {again} published anew"
    return Figure(f"{words}; seed {SEED}", holds=not (differ or again))


@claim("engine", "However late, doubled and shuffled events come, runs are the same and none is stranded", quick=True)
def never_stranded(scale: Scale) -> Figure:
    """Tell two shops the same lives of orders in different orders; find runs without a next time after each step."""
    size, orders = scale(60, quick=5), scale(8, quick=2)
    dice = random.Random(SEED)
    left, steps, ended = 0, 0, Counter()
    with shops(2) as (clock, both):
        for number, raw in enumerate(made(size, TOLD)):
            for merchant in both:
                with merchant.work() as session:
                    save_flow(session, flow_document(renamed(raw, number)), by="claim", move=False)
                    switch_on(session, f"tried_{number}", by="claim")
        lives = [Life(dice, NOON) for _ in range(orders)]
        placed = [[merchant.order(f"P{place}", placed=0) for place in range(orders)] for merchant in both]
        end = NOON + 40 * DAY
        tellings = [
            sorted((life.happens[event] + lag(dice), shop, place, event) for place, life in enumerate(lives)
                   for event in life.happens for shop in range(2) for _ in range(dice.choice([1, 1, 2])))
        ]  # fmt: skip
        for at, shop, place, event in tellings[0]:
            clock["now"] = max(clock["now"], at)
            if dice.random() < 0.3:
                steps += settle(both)
                left += sum(len(stranded(merchant)) for merchant in both)
            tell(both[shop], placed[shop][place], event, lives[place].happens[event], place)
        while clock["now"] < end + 500 * DAY and (due := next_look(both)) is not None:
            clock["now"] = max(clock["now"] + HOUR, due)
            steps += settle(both)
        left += sum(len(stranded(merchant)) for merchant in both)
        found = [subjects(merchant, placed[shop]) for shop, merchant in enumerate(both)]
        for merchant in both:
            for reason, count in merchant.rows(
                select(Enrollment.ended_reason, func.count()).group_by(Enrollment.ended_reason)
            ):
                ended[reason or "through"] += count
        waits = sum(
            merchant.rows(select(func.count()).where(Enrollment.ended_at.is_(None), Enrollment.through_at.is_(None)))[
                0
            ][0]
            for merchant in both
        )
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(ended.items()))
    words = (
        f"{size} documents, {orders} orders at two shops, {len(tellings[0])} tellings: {sum(map(len, found))} runs"
        f" ({told}), {steps} looks; {left} stranded, {waits} still waiting in the end,"
        f" {len(found[0] ^ found[1])} differ between the shops"
    )
    return Figure(f"{words}; seed {SEED}", holds=not left and not waits and found[0] == found[1] and bool(found[0]))


@claim("engine", "What moving running enrollments shows, date by date, is what it does")
def moves(scale: Scale) -> Figure:
    """Compare what is shown with what stands afterwards, for named cases and for random pairs of versions."""
    return by_tests("tests/admin/test_flow_moves.py", least=12)


class Life:
    """What happens to one order and its parcel, and when."""

    def __init__(self, dice: random.Random, start) -> None:
        at = {"paid": start + dice.random() * DAY}
        at["shipped"] = at["paid"] + dice.random() * 3 * DAY
        for scan in dice.sample(SCANS, dice.randint(0, len(SCANS))):
            at[scan] = at["shipped"] + dice.random() * 6 * DAY
        if dice.random() < 0.8:
            at["delivered"] = at["shipped"] + (1 + dice.random() * 6) * DAY
        for late in ("refunded", "cancelled"):
            if dice.random() < 0.2:
                at[late] = at["shipped"] + dice.random() * 20 * DAY
        self.happens = at


def lag(dice: random.Random) -> timedelta:
    """Return how late something is told: mostly at once, sometimes by up to two days."""
    return dice.choice([0, 0, dice.random() * 2]) * DAY


def renamed(raw: dict, number: int) -> dict:
    """Return a document whose keys no other has."""
    text = canonical(raw).replace('"step_', f'"s{number}_').replace('"trial_', f'"t{number}_')
    return json.loads(text) | {"key": f"tried_{number}"}


def tell(merchant: Merchant, order_id: int, event: str, at, place: int) -> None:
    """Write down what happened as the store would tell it, whether or not it was told before."""
    with merchant.work() as session:
        order = session.scalars(select(Order).where(Order.id == order_id).with_for_update()).one()
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id)).one_or_none()
        told = Told(WEBHOOK, at, merchant.now)
        if event in {"paid", "cancelled"}:
            setattr(order, f"{event}_at", at)
        elif event == "refunded":
            known = session.scalars(select(Refund).where(Refund.order_id == order_id)).one_or_none()
            if known is None:
                session.add(
                    Refund(
                        shop_id=merchant.id, shopify_id=order_id, order_id=order_id, amount=Decimal(1), happened_at=at
                    )
                )
        elif parcel is None:
            # Whatever is told first of a parcel, it is fetched whole: when it was sent comes with it.
            parcel = Fulfillment(
                shop_id=merchant.id, order_id=order_id, shopify_id=order_id, status="success", shipped_at=at,
                tracking_number="RM1", source_updated_at=at,
            )  # fmt: skip
            session.add(parcel)
            session.flush()
        if parcel is not None and event == "shipped":
            parcel.shipped_at = at
        if parcel is not None and (event in SCANS or event == "delivered"):
            n = [*SCANS, "delivered"].index(event) + 10 * order_id
            record_scan(session, parcel, FulfillmentEventFacts(n, order_id, 0, event, None, None, at, at, None), told)
        session.flush()
        emit(session, OrderChanged(order_id))


def settle(both: list[Merchant]) -> int:
    """Let what is due have gone, and runs look again."""
    for merchant in both:
        with merchant.work() as session:
            session.execute(
                update(FollowUp)
                .where(FollowUp.state == FollowUpState.SCHEDULED, FollowUp.due_at <= merchant.now)
                .values(state=FollowUpState.DONE, outcome="handed_over", done_at=merchant.now)
            )
    return look.run_due(both[0].wired)


def next_look(both: list[Merchant]):
    """Return when something is next due anywhere; None when nothing is."""
    found = [
        at
        for merchant in both
        for query in (
            select(func.min(Enrollment.look_at)).where(Enrollment.ended_at.is_(None)),
            select(func.min(FollowUp.due_at)).where(FollowUp.state == FollowUpState.SCHEDULED),
        )
        for (at,) in merchant.rows(query)
        if at is not None
    ]
    return min(found, default=None)


def subjects(merchant: Merchant, orders: list[int]) -> set[tuple]:
    """Return which flow ran for which order, about what: the runs, whatever their ids."""
    query = select(Flow.key, Enrollment.subject_kind, Enrollment.order_id).join(
        Flow, (Flow.shop_id == Enrollment.shop_id) & (Flow.id == Enrollment.flow_id)
    )
    return {(key, kind, orders.index(order)) for key, kind, order in merchant.rows(query)}
