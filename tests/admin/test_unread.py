"""One odd order, product or customer is left out, named on the page, and holds up nothing else."""

from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import select, update

from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.planning.by_hand.start import Choice, start
from app.flows.syncing import sync
from app.flows.syncing.importing import details
from app.kit.work import unit_of_work
from app.orders.imports import HistoryImport, ImportStage, ImportState
from app.orders.models import Order
from app.orders.reversals import Refund
from app.shopify.models import SyncCursor, WebhookInbox

LAST = {"hasNextPage": False, "endCursor": None}
THEN = "2026-01-01T00:00:00Z"
ODD = 987654


def money(amount="10.0"):
    return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}


def order(shopify_id, **changes):
    empty = {"nodes": [], "pageInfo": LAST}
    return {
        "id": f"gid://shopify/Order/{shopify_id}", "name": f"#{shopify_id}", "email": "ana@example.com",
        "currentTotalPriceSet": money(), "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "FULFILLED",
        "test": False, "tags": [], "discountCodes": [], "customAttributes": [], "createdAt": THEN,
        "processedAt": THEN, "updatedAt": THEN, "lineItems": empty, "fulfillments": [], "refunds": [], "returns": empty,
    } | changes  # fmt: skip


def refund(shopify_id, amount="4.0"):
    return {
        "id": f"gid://shopify/Refund/{shopify_id}", "processedAt": THEN, "totalRefundedSet": money(amount),
        "refundLineItems": {"nodes": [], "pageInfo": LAST},
    }  # fmt: skip


class Shopify:
    """Answer by the document's name, a page each."""

    def __init__(self, **answers):
        self.answers = answers

    def ask(self, name, **_variables):
        return SimpleNamespace(
            data=self.answers[name], denied=(), unapproved=False, denied_below=lambda *_path: frozenset()
        )


def listed(*nodes):
    return {"nodes": list(nodes), "pageInfo": LAST}


def walk_from(merchant, stage, **answers):
    """Walk a pass from a stage on; return its cursor."""
    merchant.wired.parts["admin"] = lambda _session, _shop: Shopify(**answers)
    with merchant.work() as session:
        tomorrow = merchant.now + timedelta(days=1)
        session.execute(
            update(SyncCursor).values(
                stage=stage,
                pass_started_at=merchant.now,
                next_at=merchant.now,
                week_at=tomorrow,
                finished_at=merchant.now,
            )
        )
    sync.walk(merchant.wired, merchant.id)
    with merchant.work() as session:
        cursor = session.scalars(select(SyncCursor)).one()
        session.expunge(cursor)
        return cursor


def parked(merchant):
    with unit_of_work(merchant.wired) as session:
        rows = session.scalars(select(WebhookInbox).where(WebhookInbox.shop_domain == merchant.domain)).all()
        return [(row.topic, str(row.state), row.reason) for row in rows]


def test_one_odd_order_leaves_the_others_of_its_page_and_the_pass_alone(merchant):
    with merchant.work() as session:
        start(session, Choice(), by="user:7")
    odd = order(ODD, currentTotalPriceSet=money("123456789012.00"))
    page = {"orders": listed(order(1), odd, order(3))}
    for _ in range(2):
        cursor = walk_from(merchant, "orders", orders_updated=page, nodes={"nodes": []})
        assert (cursor.last_fault, cursor.stage, cursor.pass_started_at) == (None, "shop", None)
    assert set(merchant.rows(select(Order.shopify_id))) == {(1,), (3,)}
    reason = f"Order {ODD}: currentTotalPriceSet.shopMoney.amount is not an amount"
    assert parked(merchant) == [("orders/read", "parked", reason)]
    assert "1 notice from Shopify could not be read" in merchant.fetch("/").text
    page = merchant.fetch("/needs/parked").text
    assert str(ODD) in page
    assert "left out until it changes at the shop" in page


def test_an_order_without_an_id_is_left_out_too(merchant):
    page = {"orders": listed(order(1), order(2, id="2"), None)}
    assert walk_from(merchant, "orders", orders_updated=page, nodes={"nodes": []}).last_fault is None
    assert merchant.rows(select(Order.shopify_id)) == [(1,)]
    assert [topic for topic, *_ in parked(merchant)] == ["orders/read"]


def test_odd_products_and_customers_hold_up_no_orders(merchant):
    answers = {
        "products": {"products": listed({"id": "gid://shopify/Product/7"})},
        "collections": {"collections": listed()},
        "customers": {"customers": listed({"id": "gid://shopify/Customer/8", "firstName": 5})},
        "orders_updated": {"orders": listed(order(1))},
    }
    assert walk_from(merchant, "products", **answers).last_fault is None
    assert merchant.rows(select(Order.shopify_id)) == [(1,)]
    assert merchant.rows(select(Product.id)) == []
    assert {topic for topic, *_ in parked(merchant)} == {"products/read", "customers/read"}
    assert merchant.rows(select(Customer.shopify_id).where(Customer.shopify_id == 8)) == []


def test_what_hangs_on_old_orders_is_asked_to_the_end_past_an_odd_one(merchant):
    for _ in range(3):
        merchant.order("Ana", financial_status="refunded")
    ids = [shopify_id for (shopify_id,) in merchant.rows(select(Order.shopify_id).order_by(Order.id.desc()))]
    nodes = [
        order(shopify_id, refunds=[refund(n, amount)])
        for n, (shopify_id, amount) in enumerate(zip(ids, ("4.0", "a lot", "4.0"), strict=True), start=1)
    ]
    merchant.wired.parts["admin"] = lambda _session, _shop: Shopify(order_details={"nodes": nodes})
    with merchant.work() as session:
        row = HistoryImport(
            shop_id=merchant.id, state=ImportState.RUNNING, stage=ImportStage.DETAILS, next_at=merchant.now,
            since=merchant.now - timedelta(days=700), is_whole=True, points=1000.0, points_at=merchant.now, rate=100.0,
            started_at=merchant.now, detail_id=0, details_read=0, details_total=3,
        )  # fmt: skip
        session.add(row)
        session.flush()
        assert details.page(session, row)
        assert not details.page(session, row)
        assert row.state is ImportState.DONE
    assert set(merchant.rows(select(Refund.shopify_id))) == {(1,), (3,)}
    assert [reason.partition(":")[0] for *_, reason in parked(merchant)] == [f"Order {ids[1]}"]
