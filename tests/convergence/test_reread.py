"""What a pass reads anew and finds as it was is not written; whatever differs, there or here, is."""

import pytest
from sqlalchemy import select, text, update

from app.flows.models import Flow
from app.flows.syncing import sync
from app.kit.work import unit_of_work
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from tests.convergence.test_out_of_order import buy, ship
from tests.convergence.test_passes import change_unseen, note_of, quarter

WRITTEN = """select o.xmin::text || o.ctid::text, (select string_agg(f.xmin::text, ',' order by f.id) from fulfillment f
    where f.order_id = o.id), (select string_agg(l.xmin::text, ',' order by l.id) from order_line l
    where l.order_id = o.id) from "order" o where o.shopify_id = :order"""


def written(both, order):
    """Return which transactions wrote the order's rows last."""
    with both.work_in_shop(both.shop_id) as session:
        return session.execute(text(WRITTEN), {"order": order}).one()


def a_week_back(both):
    """Have a pass look a week back, as after a gap."""
    quarter(both, hours=2)


@pytest.fixture
def read(fresh):
    """A shop with a shipped order that a pass has read."""
    order = buy(fresh)
    ship(fresh, order)
    fresh.deliver()
    fresh.apply()
    a_week_back(fresh)
    fresh.order = order["id"]
    return fresh


def test_the_same_read_again_writes_nothing(read):
    before = written(read, read.order)
    a_week_back(read)
    assert written(read, read.order) == before


def test_what_changed_at_the_shop_is_written(read):
    change_unseen(read, read.order, 0)
    a_week_back(read)
    assert note_of(read, read.order) == "changed"


@pytest.mark.parametrize(
    ("kind", "spoiled"),
    [
        (Order, {"financial_status": "voided"}),
        (OrderLine, {"current_quantity": 40}),
        (Fulfillment, {"tracking_number": "wrong"}),
    ],
)
def test_what_was_spoiled_here_is_put_right(read, kind, spoiled):
    def kept():
        with read.work_in_shop(read.shop_id) as session:
            return set(session.scalars(select(getattr(kind, next(iter(spoiled))))))

    right = kept()
    with read.work_in_shop(read.shop_id) as session:
        session.execute(update(kind).values(spoiled))
    assert kept() != right
    a_week_back(read)
    assert kept() == right


def test_where_a_flow_changed_every_order_is_planned_anew(read):
    before = written(read, read.order)
    with read.work_in_shop(read.shop_id) as session:
        changed = session.scalars(update(Flow).values(include_from=read.now).returning(Flow.id)).all()
    assert changed
    a_week_back(read)
    assert written(read, read.order) != before


def test_a_pass_asked_for_writes_all_it_reads(read):
    before = written(read, read.order)
    with unit_of_work(read.wired, shop_id=read.shop_id) as session:
        sync.begin(session, read.shop_id)
    quarter(read, minutes=1)
    assert written(read, read.order) != before
