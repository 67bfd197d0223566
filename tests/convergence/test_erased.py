"""A person who is erased is in no row of any table, however much was known and however late something is told."""

import base64
import json
import re
import zlib
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shopify.models import InboxState, WebhookInbox
from tests.convergence.player import PLACES
from tests.convergence.shops import DOMAIN
from tests.convergence.test_out_of_order import act
from tests.fuzz.senders import headers

NAME, LAST_NAME, CITY, STREET, ZIP, PHONE = "Canarella", "Zwitscher", "Vogelsang", "Nistweg", "QX7 6QH", "7700900961"
ADDRESS = f"{NAME.lower()}.wren@example.com"
NUMBER, OTHER_NUMBER, DOOR, PRAISE = "EX831816132", "EX831816149", "porch of number 961", "my nest smells of tea"
CODE = "FORYOU-5J7Q2"
WORDS = [NAME, LAST_NAME, CITY, STREET, ZIP, PHONE, NUMBER, OTHER_NUMBER, DOOR, PRAISE, CODE]


@pytest.fixture
def tables(fresh, cluster):
    """A function that returns every row of every table, by table, as readable text, whosever row it is."""
    database = urlsplit(str(fresh.wired.config.database_url)).path.lstrip("/")

    def read():
        with psycopg.connect(cluster.superuser_url(database)) as connection:
            named = connection.execute(
                "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
                " and table_schema not in ('pg_catalog', 'information_schema')"
            ).fetchall()
            return {
                name: [
                    " ".join(map(readable, row))
                    for row in connection.execute(sql.SQL("select * from {}").format(sql.Identifier(schema, name)))
                ]
                for schema, name in named
            }

    return read


def readable(value):
    if not isinstance(value, bytes):
        return str(value)
    try:
        return zlib.decompress(value).decode()
    except zlib.error:
        return value.decode(errors="replace")


def found(tables):
    """Return (table, word) wherever one of the person's words stands."""
    everything = {name: "\n".join(rows).lower() for name, rows in tables().items()}
    return {(name, word) for name, text in everything.items() for word in WORDS if word.lower() in text}


def work(both):
    both.deliver()
    both.apply()
    both.drain()


def whole_life(both):
    """Buy, ship, arrive, be asked, answer, send back; return (the order, the parcel, the path of a tracked link)."""
    person = {"email": ADDRESS, "first_name": NAME, "last_name": LAST_NAME, "phone": f"+44{PHONE}"}
    person["address"] = {**PLACES["GB"], "zip": ZIP, "city": CITY, "address1": f"1 {STREET}", "first_name": NAME}
    lines = [{"variant": "harbour-kettle"}, {"variant": "paper-filters"}]
    order = act(both, "POST", "/orders", customer=person, lines=lines, note=f"For {NAME}", discount_code=CODE)
    work(both)
    parcel = act(both, "POST", f"/orders/{order['id']}/fulfillments", tracking_number=NUMBER)
    work(both)
    both.move(hours=20)
    scan = act(both, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered", city=CITY)
    work(both)
    tell(both, "fulfillment_events/create", scan | {"id": scan["id"] + 1_000_000, "message": f"Left at the {DOOR}"})
    for _ in range(30):
        both.move(hours=21)
        work(both)
    said = "\n".join(map(text_of, both.sink()))
    review = re.findall(r"/r/[\w.~-]+", said)[-1]
    kept = both.app.get(review).text
    form = {
        name: PRAISE if name.startswith("body") else "5" for name in re.findall(r'name="((?:rating|body)-\d+)"', kept)
    }
    assert both.app.post(review, data=form | {"name": NAME}).status_code == 303
    link = next(path for path in re.findall(r"/c/[\w.~-]+", said) if NUMBER in both.app.get(path).headers["Location"])
    act(both, "POST", f"/orders/{order['id']}/refunds", amount="1.00", note=f"{NAME} was unhappy")
    line = order["line_items"][0]["id"]
    act(both, "POST", f"/orders/{order['id']}/returns", lines=[{"line": line}])
    act(both, "POST", f"/customers/{order['customer']['id']}/data-request")
    work(both)
    return order, parcel, link


def text_of(mail):
    read = message_from_bytes(zlib.decompress(base64.b64decode(mail["mail"])), policy=policy.default)
    return read.get_body(("plain",)).get_content()


def tell(both, topic, body):
    raw = json.dumps(body).encode()
    assert both.app.post("/webhooks", data=raw, headers=headers(topic, DOMAIN, raw)).status_code == 200
    both.apply()


def erase(both, order):
    act(both, "POST", f"/customers/{order['customer']['id']}/redact")
    both.hear("customers/redact")


def test_nobody_finds_an_erased_person_in_any_table(fresh, tables):
    order, _, link = whole_life(fresh)
    before = found(tables)
    assert {word for _, word in before} == set(WORDS) - {OTHER_NUMBER}
    assert {name for name, _ in before} >= {
        "customer", "order", "order_event", "fulfillment", "fulfillment_event", "tracked_link", "message", "review",
        "erasure", "webhook_inbox",
    }  # fmt: skip
    unknown = fresh.app.get("/c/nobody")
    erase(fresh, order)
    assert found(tables) == set()
    gone = fresh.app.get(link)
    assert (gone.status_code, gone.text) == (unknown.status_code, unknown.text) == (404, unknown.text)
    assert len(tables()["fulfillment"]) == 1  # that it was sent and arrived stays, for counting
    assert fresh.rows(select(Fulfillment.delivered_at.is_not(None))) == [(True,)]


def test_what_is_told_late_does_not_bring_the_parcel_back(fresh, tables):
    order, parcel, _ = whole_life(fresh)
    erase(fresh, order)
    fresh.move(minutes=1)
    act(fresh, "POST", f"/fulfillments/{parcel['id']}/tracking", tracking_number=OTHER_NUMBER)
    work(fresh)
    heard = select(WebhookInbox.topic).where(WebhookInbox.state == InboxState.APPLIED)
    assert ("fulfillments/update",) in fresh.rows(heard.order_by(WebhookInbox.id.desc()).limit(3))
    scan = act(fresh, "POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    tell(fresh, "fulfillment_events/create", scan | {"id": scan["id"] + 1_000_000, "message": f"Left at the {DOOR}"})
    fresh.reconcile(fresh.shop_id)
    assert found(tables) == set()


def test_a_later_order_of_an_erased_person_is_nobodys(fresh, tables):
    order, _, _ = whole_life(fresh)
    erase(fresh, order)
    fresh.move(minutes=1)
    person = {"email": ADDRESS, "first_name": NAME, "last_name": LAST_NAME}
    again = act(fresh, "POST", "/orders", customer=person, lines=[{"variant": "harbour-kettle"}])
    work(fresh)
    fresh.move(minutes=1)
    act(fresh, "POST", f"/orders/{again['id']}/fulfillments", tracking_number=OTHER_NUMBER)
    work(fresh)
    fresh.reconcile(fresh.shop_id)
    assert found(tables) == set()
    parcel = select(Fulfillment.shipped_at).join(Order, Order.id == Fulfillment.order_id)
    assert fresh.rows(parcel.where(Order.shopify_id == again["id"])) == [(fresh.now,)]
