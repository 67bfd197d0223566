"""What was known of an order is kept whenever it changes, names nobody, and adds up to how the order stands."""

from sqlalchemy import select

from app.orders.models import Order, OrderEvent
from app.orders.record.known import KNOWN, stands
from tests.convergence.player import PLACES

ANA = {
    "email": "ana.known@example.com",
    "first_name": "Anastasia",
    "last_name": "Knownsby",
    "address": {**PLACES["US"], "zip": "10115", "city": "Somewhere", "address1": "7 Known Road"},
}


def act(both, path, **body):
    answer = both.store.post(f"/api{path}", json=body)
    assert 200 <= answer.status_code < 300, answer.text
    both.deliver()
    both.apply()
    return answer.json


def kept(both, order):
    query = select(OrderEvent.changed, OrderEvent.received_at).join(Order, Order.id == OrderEvent.order_id)
    rows = both.rows(query.where(Order.shopify_id == order, OrderEvent.kind == KNOWN).order_by(OrderEvent.subject_id))
    return [(row.changed, row.received_at) for row in rows]


def test_what_changed_is_kept_once_and_adds_up(both):
    lines = [{"variant": "harbour-kettle"}, {"variant": "morning-coffee", "quantity": 3}]
    order = act(both, "/orders", customer=ANA, lines=lines)
    both.move(hours=5)
    parcel = act(both, f"/orders/{order['id']}/fulfillments", tracked=True)
    before = both.now
    both.move(hours=40)
    act(both, f"/fulfillments/{parcel['id']}/events", status="delivered")
    coffee = order["line_items"][1]["id"]
    act(both, f"/orders/{order['id']}/refunds", lines=[{"line": coffee, "quantity": 1}], restock=True)
    told = kept(both, order["id"])
    both.reconcile(both.shop_id)
    assert kept(both, order["id"]) == told, "the same told again is nothing new"

    def at(instant):
        together = {}
        for changed, known_at in told:
            together |= changed if known_at <= instant else {}
        return together

    then, now = at(before), at(both.now)
    assert [each["current_quantity"] for key, each in sorted(then.items()) if key.startswith("line.")] == [1, 3]
    assert [each["current_quantity"] for key, each in sorted(now.items()) if key.startswith("line.")] == [1, 2]
    assert "delivered_at" not in next(each for key, each in then.items() if key.startswith("parcel."))
    assert now["order"].pop("zone") == "America/New_York"
    with both.work_in_shop(both.shop_id) as session:
        mine = session.scalars(select(Order.id).where(Order.shopify_id == order["id"])).one()
        assert {key: value for _, key, value in stands(session, [mine])} == now
    words = str(told).lower()
    assert not [each for each in ("ana.known", "anastasia", "knownsby", "known road", "10115") if each in words]
