"""A shop with a lane that reports and one that never does, and ways to send parcels down either."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.flows.facts.gather import gather
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.kit.events import emit
from app.orders.lanes import rounds
from app.orders.lanes.settings import Deliveries
from app.orders.models import Order, OrderEvent
from app.orders.parcels import Fulfillment
from app.orders.record.parcel import derive_delivered, record_scan
from app.orders.record.told import WEBHOOK, OrderChanged, Told
from app.shopify.payloads.facts import FulfillmentEventFacts
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


def scan(merchant, order_id, status, ago=timedelta(), n=1, expected=None):
    with merchant.work() as session:
        parcel = session.scalars(select(Fulfillment).where(Fulfillment.order_id == order_id)).one()
        at = merchant.now - ago
        facts = FulfillmentEventFacts(
            shopify_id=100 * order_id + n, status=status, happened_at=at, created_at=at,
            estimated_delivery_at=expected, message=None, country=None,
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


def late_one(shop):
    """A parcel of the lane that reports, last seen four working days ago."""
    order = shop.order("Dai", placed=9, sent=8)
    scan(shop, order, "in_transit", ago=7 * DAY)
    return order
