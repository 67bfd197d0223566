"""A shop of the app with a generated past in its tables, as an import of the store's history would leave it.

What the generator folds for the simulated store is copied into the app's own tables, by COPY: one shop, thousands of
orders a second. Ids are the generator's, on both sides.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

import psycopg
from psycopg import sql

from app.orders.arrival.delivery import DeliverySource
from devstore.generator.history import Plan, draw
from devstore.generator.rows import Fold

Row = Mapping[str, Any]
CURRENCY = "GBP"
FIRST_ID = 10_000_000


def plant(super_url: str, shop: int, plan: Plan) -> int:
    """Copy a drawn history into one shop's tables, on analysed tables; return how many orders it has."""
    numbers = itertools.count(FIRST_ID)
    fold = Fold(shop, CURRENCY, plan.trade, lambda: next(numbers), plan.since - timedelta(days=90))
    history = draw(plan)
    fold.take(takewhile(lambda event: event.at <= history.until, history.events))
    made = fold.finish()
    with psycopg.connect(super_url) as connection:
        for table, rows in _tables(shop, made, history.until):
            _copy(connection, table, list(rows))
    with psycopg.connect(super_url, autocommit=True) as connection:
        connection.execute("vacuum analyze")
    return len(fold.sold)


def _tables(shop: int, made: Mapping[str, Sequence[Row]], until: datetime) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the app's tables in an order their foreign keys allow."""
    line_of = {row["id"]: row["line_item_id"] for row in made["fulfillment_line"]}
    own = {"shop_id": shop}
    yield "customer", (own | _customer(row) for row in made["customer"])
    yield "consent_entry", (own | _consent(row) for row in made["customer"] if row["email_consent_at"] is not None)
    yield "order", (own | _order(row) for row in made["order"])
    yield "order_line", (own | _line(row) for row in made["line_item"])
    yield "fulfillment", (own | _parcel(row) for row in made["fulfillment"])
    yield (
        "fulfillment_line",
        (
            own | {"fulfillment_id": row["fulfillment_id"], "order_line_id": row["line_item_id"]}
            | {"quantity": row["quantity"]}
            for row in made["fulfillment_line"]
        ),
    )  # fmt: skip
    yield "fulfillment_event", (own | _scan(row) for row in made["fulfillment_event"])
    yield "refund", (own | _refund(row) for row in made["refund"])
    yield "refund_line", (own | each for each in _summed(made["refund_line"], "refund_id"))
    yield "return_case", (own | _case(row) for row in made["return"])
    lines = [{**row, "line_item_id": line_of[row["fulfillment_line_id"]]} for row in made["return_line"]]
    yield "return_line", (own | each for each in _summed(lines, "return_id", "return_case_id"))


def _customer(row: Row) -> Row:
    return {
        "id": row["id"], "shopify_id": row["id"], "email": row["email"].strip().lower(),
        "first_name": row["first_name"], "last_name": row["last_name"], "locale": row["locale"],
        "country": row["address"]["country_code"], "province": row["address"].get("province_code"),
        "source_updated_at": row["updated_at"],
    }  # fmt: skip


def _consent(row: Row) -> Row:
    return {
        "customer_id": row["id"], "channel": "email", "state": row["email_consent"], "source": "shopify",
        "happened_at": row["email_consent_at"], "received_at": row["email_consent_at"],
        "opt_in_level": row["email_consent_level"],
    }  # fmt: skip


def _order(row: Row) -> Row:
    address = row["shipping_address"] or row["billing_address"]
    return {
        "id": row["id"], "shopify_id": row["id"], "name": f"#{row['order_number']}", "customer_id": row["customer_id"],
        "email": row["email"].strip().lower(), "email_withheld": False, "locale": row["customer_locale"],
        "country": address["country_code"], "province": address.get("province_code"), "zip": address.get("zip"),
        "currency": row["currency"], "total": 0, "financial_status": row["financial_status"], "is_test": row["test"],
        "tags": ",".join(row["tags"]), "gift": "attribute" if row["note_attributes"] else None,
        "placed_at": row["processed_at"], "paid_at": row["paid_at"], "cancelled_at": row["cancelled_at"],
        "cancel_reason": row["cancel_reason"], "source_updated_at": row["updated_at"],
    }  # fmt: skip


def _line(row: Row) -> Row:
    return {
        "id": row["id"], "order_id": row["order_id"], "shopify_id": row["id"],
        "product_shopify_id": row["product_id"], "variant_shopify_id": row["variant_id"], "title": row["title"],
        "quantity": row["quantity"], "current_quantity": row["current_quantity"],
        "requires_shipping": row["requires_shipping"], "is_gift_card": row["gift_card"], "price": row["price"],
    }  # fmt: skip


def _parcel(row: Row) -> Row:
    arrived = row["delivered_at"]
    return {
        "id": row["id"], "order_id": row["order_id"], "shopify_id": row["id"], "status": row["status"],
        "shipment_status": row["shipment_status"], "tracking_company": row["tracking_company"],
        "tracking_number": next(iter(row["tracking_numbers"]), None), "shipped_at": row["created_at"],
        "delivered_at": arrived, "delivered_source": DeliverySource.CARRIER_EVENT.value if arrived else None,
        "source_updated_at": row["updated_at"],
    }  # fmt: skip


def _scan(row: Row) -> Row:
    return {
        "fulfillment_id": row["fulfillment_id"], "shopify_id": row["id"], "status": row["status"],
        "happened_at": row["happened_at"],
    }  # fmt: skip


def _refund(row: Row) -> Row:
    return {
        "id": row["id"], "order_id": row["order_id"], "shopify_id": row["id"], "amount": row["amount"],
        "happened_at": row["processed_at"],
    }  # fmt: skip


def _case(row: Row) -> Row:
    return {
        "id": row["id"], "order_id": row["order_id"], "shopify_id": row["id"], "name": f"R{row['number']}",
        "status": row["status"], "opened_at": row["created_at"], "closed_at": row["closed_at"],
        "source_updated_at": row["updated_at"],
    }  # fmt: skip


def _summed(rows: Sequence[Row], owner: str, called: str | None = None) -> Iterator[Row]:
    """Yield one row for each order line of a refund or a return."""
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        key = row[owner], row["line_item_id"]
        found[key] = found.get(key, 0) + row["quantity"]
    for (number, line), quantity in found.items():
        yield {called or owner: number, "order_line_id": line, "quantity": quantity}


def _copy(connection: psycopg.Connection, table: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = list(rows[0])
    into = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            copy.write_row([json.dumps(row[name]) if isinstance(row[name], dict) else row[name] for name in names])
