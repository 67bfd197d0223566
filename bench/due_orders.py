"""One shop with its flows running and many orders whose thank-you is due: by the app's verbs, then by plain SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import psycopg
from sqlalchemy import select, update

from app.flows.models import Flow, FlowState
from app.kit.clock import real_now
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shops.install import ensure_installed
from app.shops.models import ShopProfile

DOMAIN = "kiln-and-kettle.myshopify.com"

# %(shop)s %(flow)s %(count)s, and %(after)s: the highest number so far. Each order has one buyer of its own and two of
# twenty products.
AFTER = "select coalesce(max(shopify_id), 100000) from customer where shop_id = %(shop)s"
FILL = (
    """insert into product (shop_id, shopify_id, title, handle, status, tags, image_url, source_updated_at)
    select %(shop)s, 7000 + n, 'Harbour Kettle ' || n, 'harbour-kettle-' || n, 'active', '',
        'https://cdn.shop.example/kettle-' || n || '.png', now() from generate_series(0, 19) n
    on conflict do nothing""",
    """insert into customer (shop_id, shopify_id, email, first_name, last_name, locale, country)
    select %(shop)s, %(after)s + n, 'c' || %(after)s + n || '@customer.example', 'Ana', 'Ferreira', 'en', 'GB'
    from generate_series(1, %(count)s) n""",
    """insert into "order" (shop_id, shopify_id, name, customer_id, email, email_withheld, locale, country, currency,
        total, financial_status, is_test, status_url, tags, placed_at, paid_at, source_updated_at)
    select shop_id, shopify_id, '#' || shopify_id, id, email, false, 'en', 'GB', 'GBP', 64, 'paid', false,
        'https://kiln.example/orders/' || md5(id::text) || '/authenticate?key=' || md5(email), '',
        now() - interval '2 minutes', now() - interval '2 minutes', now() from customer
    where shop_id = %(shop)s and shopify_id > %(after)s""",
    """insert into order_line (shop_id, order_id, shopify_id, product_shopify_id, variant_shopify_id, title, quantity,
        current_quantity, requires_shipping, is_gift_card, price)
    select o.shop_id, o.id, o.shopify_id * 10 + k, 7000 + (o.id * 2 + k) %% 20, 7000 + (o.id * 2 + k) %% 20,
        'Harbour Kettle ' || (o.id * 2 + k) %% 20, 1, 1, true, false, 32 + k
    from "order" o, generate_series(0, 1) k where o.shop_id = %(shop)s and o.shopify_id > %(after)s""",
    """insert into enrollment (shop_id, flow_id, version, subject_kind, subject_id, order_id, customer_id, frozen,
        entered_at)
    select shop_id, %(flow)s, 1, 'order', id, id, customer_id,
        jsonb_build_object('order_name', name, 'locale', 'en', 'country', 'GB', 'province', null, 'consent', null),
        now() from "order" where shop_id = %(shop)s and shopify_id > %(after)s""",
    """insert into follow_up (shop_id, enrollment_id, order_id, step, state, due_at, provisional, expires_at, anchor_at,
        zone, fence, attempts)
    select e.shop_id, e.id, e.order_id, 'thank_you', 'scheduled', now() - random() * interval '1 minute', false,
        now() + interval '2 days', now() - interval '2 minutes', 'Europe/London', 0, 0
    from enrollment e join "order" o on o.shop_id = e.shop_id and o.id = e.order_id
    where o.shop_id = %(shop)s and o.shopify_id > %(after)s""",
)
SENT = """select count(*) from follow_up f join message m on m.id = f.message_id and m.shop_id = f.shop_id
    where f.state = 'done' and f.outcome = 'handed_over' and m.state = 'accepted'"""


def shop_with_flows(runtime: Runtime, domain: str = DOMAIN, number: int = 548380009) -> tuple[int, int]:
    """Install a shop (Shopify's number of it is `number`), its flows running; return its id and its order flow's."""
    now = real_now()
    with unit_of_work(runtime) as session:
        shop = ensure_installed(session, domain)
        session.add(
            ShopProfile(
                shop_id=shop.id,
                shopify_id=number,
                name="Kiln & Kettle",
                contact_email="hello@kiln.example",
                timezone="Europe/London",
                currency="GBP",
                country="GB",
                address="12 Potters Lane, Stoke-on-Trent",
                primary_url="https://kiln.example",
                source_updated_at=now,
            )
        )
        session.execute(
            update(Flow)
            .where(Flow.shop_id == shop.id)
            .values(state=FlowState.RUNNING, started_at=now, include_from=now - timedelta(1))
        )
        flow = session.scalars(select(Flow.id).where(Flow.shop_id == shop.id, Flow.key == "order")).one()
        return shop.id, flow


def fill(super_url: str, shop: int, flow: int, count: int) -> None:
    """Add `count` due rows to what was sent before, on clean and analysed tables.

    What was sent before stays: on empty tables PostgreSQL plans to read them from end to end, which no shop that has
    ever sent a message sees.
    """
    with psycopg.connect(super_url, autocommit=True) as connection:
        add(connection, shop, flow, count)
        for statement in ("vacuum analyze", "checkpoint"):
            connection.execute(statement)


def add(connection: psycopg.Connection, shop: int, flow: int, count: int) -> None:
    """Add `count` due rows to one shop."""
    facts = {"shop": shop, "flow": flow, "count": count}
    (facts["after"],) = connection.execute(AFTER, facts).fetchone() or (0,)
    for statement in FILL:
        connection.execute(statement, facts)


def sent(super_url: str) -> int:
    """Return how many rows say that their message was accepted."""
    with psycopg.connect(super_url) as connection:
        rows: Sequence[tuple[int]] = connection.execute(SENT).fetchall()
    return rows[0][0]
