"""The demo's shops, as the stranger finds them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from devstore.seed.history import ZONES, by_day
from devstore.seed.plant import plant
from devstore.state.engine import unit_of_work
from devstore.state.models import Customer, Fulfillment, Order, Shop
from devstore.world.find import lines_of
from tests.devstore.conftest import SHOP


def orders_of(store, shop=SHOP):
    return store.get(f"/api/orders?limit=500&shop={shop}").json["orders"]


def test_the_main_shop_has_412_orders_of_260_customers_over_sixty_days(store):
    orders = orders_of(store)
    customers = store.get("/api/customers").json["customers"]
    now = datetime.now(UTC)
    placed = [datetime.fromisoformat(order["created_at"]) for order in orders]
    assert (len(orders), len(customers)) == (412, 260)
    assert max(placed) < now
    assert timedelta(days=50) < now - min(placed) <= timedelta(days=60)
    assert [order["order_number"] for order in orders] == list(range(1412, 1000, -1))
    assert placed == sorted(placed, reverse=True)


def test_24_parcels_are_on_the_road_and_one_of_them_cannot_be_seen(store):
    parcels = [
        parcel
        for order in orders_of(store)
        for parcel in order["fulfillments"]
        if parcel["shipment_status"] != "delivered" and parcel["destination"]
    ]
    assert len(parcels) == 24
    assert [parcel["email"] for parcel in parcels if not parcel["tracking_number"]] == ["farid@example.com"]


def test_the_cast_shows_what_their_notes_say(store):
    cast = {order["email"].partition("@")[0]: order for order in orders_of(store) if order["note"]}
    people = {one["email"]: one for one in store.get("/api/customers").json["customers"]}
    assert sorted(cast) == ["ana", "bernd", "chloe", "dai", "emi", "farid", "grace"]
    assert all(order["note"].startswith("Shows: ") for order in cast.values())
    assert people["bernd@example.com"]["consent"]["state"] == "not_subscribed"
    assert cast["bernd"]["shipping_address"]["country_code"] == "DE"
    assert cast["chloe"]["financial_status"] == "refunded"
    assert cast["dai"]["shipping_address"]["province_code"] == "JP-13"
    assert [case["status"] for case in cast["emi"]["returns"]] == ["open"]
    assert cast["farid"]["fulfillments"][0]["tracking_numbers"] == []
    assert [len(parcel["line_items"]) for parcel in cast["grace"]["fulfillments"]] == [2, 1]


def test_every_address_is_an_example_and_every_country_has_its_own_ways(store):
    customers = store.get("/api/customers").json["customers"]
    assert all(one["email"].endswith("@example.com") for one in customers)
    ways = {(one["default_address"]["country_code"], one["locale"]) for one in customers}
    assert ways == {("GB", "en"), ("US", "en"), ("DE", "de"), ("JP", "ja"), ("AU", "en")}
    for one in customers:
        code = one["default_address"]["province_code"]
        assert (code is None) == (one["default_address"]["country_code"] == "DE")


def test_it_is_planted_once(store):
    assert plant() is False
    with unit_of_work(announce=False) as session:
        assert session.query(Order).count() == 412 + 40
        assert session.query(Shop).count() == 2


def test_the_second_shop_shares_nobody_with_the_first(store):
    with unit_of_work(announce=False) as session:
        shops = [shop.id for shop in session.query(Shop).order_by(Shop.id)]
        first, second = ({one.email for one in session.query(Customer).filter_by(shop_id=shop_id)} for shop_id in shops)
    assert len(second) == 24
    assert not first & second


def test_quantities_and_dates_hang_together(store):
    with unit_of_work(announce=False) as session:
        for order in session.query(Order):
            for line in lines_of(session, order):
                assert 0 <= line.fulfilled_quantity <= line.current_quantity <= line.quantity
            assert order.created_at <= order.updated_at
        for parcel in session.query(Fulfillment):
            assert parcel.delivered_at is None or parcel.created_at < parcel.delivered_at <= parcel.updated_at


def test_every_product_picture_is_drawn(store):
    for product in store.get("/api/products").json["products"]:
        path = re.sub(r"^http://127.0.0.1:9000", "", product["image"]["src"])
        answer = store.get(path)
        assert answer.status_code == 200
        assert answer.mimetype == "image/svg+xml"
    assert store.get("/pictures/kettle-zzzzzz.svg").status_code == 404


@given(st.integers(0, 2 * 365 * 24 * 60), st.floats(0, 200))
def test_later_parcels_arrive_by_day_and_within_a_day_of_their_plan(minutes, hours):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for zone in ZONES.values():
        found = by_day(now, hours, zone)
        arrival = (now + timedelta(hours=found)).astimezone(ZoneInfo(zone))
        assert 9 <= arrival.hour < 18
        assert hours - 1 <= found <= hours + 17
