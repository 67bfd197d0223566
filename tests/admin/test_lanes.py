"""What a shop's parcels teach, from rows to plans: estimates, what is said of late ones, and what takes it back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.flows.facts.gather import gather
from app.flows.rules.decision import Postpone, Send
from app.flows.rules.guard import decide
from app.flows.sending.compose import compose
from app.flows.sending.linking import MessageLinks
from app.flows.sending.write import prepare_desk
from app.flows.timing.limits import Limits
from app.kit.engines import SYSTEM
from app.kit.events import emit
from app.kit.work import unit_of_work
from app.messages import presets
from app.messages.fill import fill
from app.orders.lanes import rounds
from app.orders.lanes.models import Lane, LaneBook
from app.orders.lanes.settings import Deliveries
from app.orders.models import Order, OrderEvent
from app.orders.parcels import Fulfillment
from app.orders.record_parcel import delete_scan, derive_delivered, record_scan
from app.orders.told import WEBHOOK, OrderChanged, Told
from app.orders.unsent import note_unsent
from app.orders.watch import run_due, waiting
from app.shopify.payloads.facts import FulfillmentEventFacts
from app.shops.models import Shop, ShopStatus
from app.shops.settings import save
from tests.admin.merchant import DAY

HOUR = timedelta(hours=1)
SILENT = "Evri"


@pytest.fixture
def shop(merchant):
    """A shop with a lane that reports, two and a half days long, and one of which nothing is ever heard."""
    merchant.post("/start", shopify="no")
    with merchant.work() as session:
        orders = [past_order(merchant, n) for n in range(70)]
        session.add_all(orders)
        session.flush()
        session.add_all(past_parcel(merchant, n, order) for n, order in enumerate(orders))
    return merchant


def past_order(merchant, n):
    placed = merchant.now - (90 - n % 40) * DAY
    return Order(
        shop_id=merchant.id, shopify_id=100_000 + n, name=f"#P{n}", country="GB", currency="GBP", total=Decimal(9),
        placed_at=placed, source_updated_at=placed,
    )  # fmt: skip


def past_parcel(merchant, n, order):
    reported, shipped = n < 40, order.placed_at + DAY
    return Fulfillment(
        shop_id=merchant.id, order_id=order.id, shopify_id=200_000 + n, status="success", tracking_number=f"T{n}",
        tracking_company="Royal Mail" if reported else SILENT, shipped_at=shipped, source_updated_at=shipped,
        delivered_at=shipped + 2.5 * DAY if reported else None, delivered_source="carrier_event" if reported else None,
    )  # fmt: skip


def change(merchant, order_id, **values):
    with merchant.work() as session:
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id)).one()
        for name, value in values.items():
            setattr(parcel, name, value)
        session.flush()
        derive_delivered(session, order_id, parcel, Told(WEBHOOK, merchant.now, merchant.now))
        emit(session, OrderChanged(order_id))


def parcel_of(merchant, order_id):
    (found,) = merchant.rows(select(Fulfillment).where(Fulfillment.order_id == order_id))
    return found[0]


def scan(merchant, order_id, status, ago=timedelta(), n=1):
    with merchant.work() as session:
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id)).one()
        at = merchant.now - ago
        facts = FulfillmentEventFacts(
            shopify_id=100 * order_id + n, status=status, happened_at=at, created_at=at,
            estimated_delivery_at=None, message=None, country=None,
            fulfillment_shopify_id=parcel.shopify_id, order_shopify_id=0,
        )  # fmt: skip
        record_scan(session, parcel, facts, Told(WEBHOOK, at, at))
        emit(session, OrderChanged(order_id))


def learn(merchant):
    with merchant.work() as session:
        rounds.begin(session, merchant.now)
    return rounds.run_due(merchant.wired)


def choose(merchant, **values):
    with merchant.work() as session:
        save(session, Deliveries(**values), by="user:1")
        rounds.look_again(session)
    rounds.run_due(merchant.wired)


def on_silent_lane(shop, **changes):
    order = shop.order("Emi", placed=0, sent=0)
    change(shop, order, tracking_company=SILENT, **changes)
    return order


def request(shop, order):
    (found,) = (row for row in shop.plans("review_request").values() if row.order_id == order)
    return found


def ruling(shop, order):
    with shop.work() as session:
        (one,) = gather(session, [request(shop, order).id])
        return decide(one.facts, Limits(), shop.now)


def events(shop, order, kind):
    return [
        row[0] for row in shop.rows(select(OrderEvent).where(OrderEvent.order_id == order, OrderEvent.kind == kind))
    ]


def test_a_round_learns_every_lane_and_learning_again_changes_nothing(shop):
    learn(shop)
    first = {row[0].carrier: row[0] for row in shop.rows(select(Lane))}
    assert first["Royal Mail"].told > 0.9
    assert first[SILENT].told < 0.2
    assert first["Royal Mail"].parcels == 40
    learn(shop)
    again = {row[0].carrier: row[0] for row in shop.rows(select(Lane))}
    assert {name: (row.counts, row.curve, row.told) for name, row in first.items()} == {
        name: (row.counts, row.curve, row.told) for name, row in again.items()
    }
    ((book,),) = shop.rows(select(LaneBook))
    assert book.next_at == book.learn_at == shop.now + DAY


def test_a_shop_is_learned_daily_and_not_before(shop):
    assert learn(shop) > 0
    assert rounds.run_due(shop.wired) == 0
    shop.pass_time(hours=25)
    assert rounds.run_due(shop.wired) > 0


def test_a_silent_parcel_is_asked_about_after_it_should_have_arrived(shop):
    learn(shop)
    order = on_silent_lane(shop)
    parcel = parcel_of(shop, order)
    assert (parcel.inferred_risk, parcel.inferred_by) == (0.1, "country")
    assert parcel.shipped_at < parcel.inferred_at < parcel.shipped_at + 14 * DAY
    row = request(shop, order)
    assert row.provisional
    assert row.anchor_at == parcel.inferred_at
    assert parcel.inferred_at + 7 * DAY <= row.due_at < parcel.shipped_at + 21 * DAY
    # What says "it arrived" waits for somebody to report it.
    assert all(told.anchor_at != parcel.inferred_at for told in shop.plans("delivered").values())


def test_a_parcel_on_the_road_is_told_once_lanes_are_learned(shop):
    order = on_silent_lane(shop)
    before = request(shop, order)
    assert before.anchor_at == parcel_of(shop, order).shipped_at
    learn(shop)
    assert request(shop, order).due_at < before.due_at


def test_a_scan_takes_the_estimate_back_or_moves_it_and_a_report_ends_it(shop):
    learn(shop)
    order = on_silent_lane(shop)
    first = parcel_of(shop, order).inferred_at
    shop.clock["now"] = first + DAY
    scan(shop, order, "in_transit")
    assert parcel_of(shop, order).inferred_at > first + DAY
    scan(shop, order, "attempted_delivery", ago=-HOUR, n=2)
    assert parcel_of(shop, order).inferred_at is None
    assert request(shop, order).anchor_at == parcel_of(shop, order).shipped_at  # back to its latest day
    scan(shop, order, "delivered", ago=-2 * HOUR, n=3)
    parcel = parcel_of(shop, order)
    assert (parcel.inferred_at, parcel.expected_to, parcel.late_at) == (None, None, None)
    assert request(shop, order).anchor_at == parcel.delivered_at


def test_never_guess_goes_back_to_the_latest_day(shop):
    learn(shop)
    order = on_silent_lane(shop)
    estimated = request(shop, order).due_at
    choose(shop, risk_percent=0)
    assert parcel_of(shop, order).inferred_at is None
    assert request(shop, order).due_at > estimated
    choose(shop, risk_percent=20)
    assert request(shop, order).due_at < estimated


def test_an_estimate_of_another_risk_is_not_acted_on(shop):
    """Between the merchant's choice and the next round the guard alone stands in the way."""
    learn(shop)
    order = on_silent_lane(shop)
    with shop.work() as session:
        save(session, Deliveries(risk_percent=5), by="user:1")
    shop.clock["now"] = request(shop, order).due_at + HOUR
    assert isinstance(ruling(shop, order), Postpone)
    choose(shop, risk_percent=10)
    shop.clock["now"] = request(shop, order).due_at + HOUR
    assert isinstance(ruling(shop, order), Send)


def test_a_parcel_without_tracking_is_never_late_and_goes_by_its_lane_or_its_latest_day(shop):
    learn(shop)
    order = on_silent_lane(shop, tracking_number=None)
    parcel = parcel_of(shop, order)
    assert (parcel.late_at, parcel.expected_from) == (None, None)
    shop.pass_time(days=30)
    assert run_due(shop.wired) == 0


def late_one(shop):
    """A parcel of the lane that reports, last seen four working days ago."""
    order = shop.order("Dai", placed=9, sent=8)
    scan(shop, order, "in_transit", ago=7 * DAY)
    return order


def test_a_late_parcel_is_said_to_be_late_once_for_each_silence(shop):
    learn(shop)
    order = late_one(shop)
    with unit_of_work(shop.wired, role=SYSTEM) as session:
        assert waiting(session)
    assert run_due(shop.wired) == 1
    assert run_due(shop.wired) == 0
    (told,) = events(shop, order, "delayed")
    assert told.source == "watch"
    assert told.changed["by"] in {"expected_passed", "no_scan"}
    assert told.happened_at == parcel_of(shop, order).delayed_at <= shop.now

    scan(shop, order, "in_transit", n=2)  # it moves again: the episode is over
    assert parcel_of(shop, order).delayed_at is None
    assert run_due(shop.wired) == 0
    shop.pass_time(days=6)
    assert run_due(shop.wired) == 1
    assert len(events(shop, order, "delayed")) == 2


def test_a_scan_taken_back_does_not_say_the_same_twice(shop):
    order = late_one(shop)
    run_due(shop.wired)
    scan(shop, order, "in_transit", n=2)
    with shop.work() as session:
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order)).one()
        delete_scan(session, parcel, 100 * order + 2, Told(WEBHOOK, shop.now, shop.now))
    run_due(shop.wired)
    assert len(events(shop, order, "delayed")) == 1


def test_a_parcel_that_arrived_is_not_late(shop):
    order = late_one(shop)
    scan(shop, order, "delivered", n=2)
    assert run_due(shop.wired) == 0
    assert events(shop, order, "delayed") == []


def stalled(shop, paid_days_ago):
    order = shop.order("Grace", placed=paid_days_ago, paid_at=shop.now - paid_days_ago * DAY)
    with shop.work() as session:
        note_unsent(session, session.get_one(Order, (shop.id, order)))
    return order


def test_an_order_paid_and_not_sent_for_four_working_days_has_stalled(shop):
    fresh, old = stalled(shop, 3), stalled(shop, 7)
    assert run_due(shop.wired) == 1
    assert events(shop, fresh, "fulfilment_stalled") == []
    assert len(events(shop, old, "fulfilment_stalled")) == 1
    assert run_due(shop.wired) == 0
    shop.pass_time(days=4)
    assert run_due(shop.wired) == 1
    assert len(events(shop, fresh, "fulfilment_stalled")) == 1


def test_a_shop_that_left_is_left_alone(shop):
    late_one(shop)
    with unit_of_work(shop.wired, role=SYSTEM) as session:
        session.get_one(Shop, shop.id).status = ShopStatus.UNINSTALLED
    assert run_due(shop.wired) == 0


def timeline(shop, order):
    ((customer,),) = shop.rows(select(Order.customer_id).where(Order.id == order))
    return shop.fetch(f"/customers/{customer}").text


def test_the_timeline_says_how_an_arrival_is_known_and_what_is_late(shop):
    learn(shop)
    order = on_silent_lane(shop)
    assert "(sent)" in timeline(shop, order)
    assert "4 of 5 of your parcels on this way" in timeline(shop, order)
    shop.clock["now"] = parcel_of(shop, order).inferred_at + HOUR
    page = timeline(shop, order)
    assert "should have arrived" in page
    assert "estimated, 90 % sure, by your parcels to this country" in page
    late = late_one(shop)
    run_due(shop.wired)
    assert "is late" in timeline(shop, late)


def test_the_shipped_mail_says_when_to_expect_it_and_promises_nothing_unknown(shop):
    unknown = shop.order("Farid", placed=0, sent=0)
    change(shop, unknown)
    assert "should be with you" not in mail(shop, unknown)
    choose(shop, home_from=2, home_to=4)
    assert "should be with you between" in mail(shop, unknown)
    learn(shop)
    known = shop.order("Ana", placed=0, sent=0)
    change(shop, known)
    assert parcel_of(shop, known).expected_by == "lane"
    assert "should be with you between" in mail(shop, known)


def mail(shop, order):
    """The text of the shipped mail as it would be written now."""
    with shop.work() as session:
        (row,) = (row for row in shop.plans("shipped").values() if row.order_id == order)
        (one,) = gather(session, [row.id])
        desk = prepare_desk(session, shop.wired.config, [one])
        lines = tuple(item.order_line_id for item in one.facts.items)
        context = compose(
            desk.shown, one, lines, MessageLinks(shop.wired.config, shop.id, desk.known[row.id]), "", shop.now
        )
        return fill(presets.template("shipped", "en"), context.as_mapping()).text
