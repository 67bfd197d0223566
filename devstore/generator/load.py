"""Plant generated shops in the dev store's own tables by COPY: thousands of orders a second."""

import json
from datetime import timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from devstore.generator.history import Plan
from devstore.generator.rows import Fold
from devstore.generator.sold import Row
from devstore.generator.truth import History
from devstore.seed.plant import id_source
from devstore.state.models import Base, Shop

CURRENCY = "GBP"
ORDER_OF_TABLES = (
    *("product", "variant", "customer", "order", "line_item", "fulfillment", "fulfillment_line"),
    *("fulfillment_event", "refund", "refund_line", "return", "return_line"),
)


def load(session: Session, plan: Plan, history: History, *, shop_plan: str = "basic") -> int:
    """Insert a shop with everything it saw until the plan's end; return its id. Raise ValueError for a taken name."""
    if session.scalar(select(Shop.id).where(Shop.handle == plan.shop)) is not None:
        message = f"there is a shop called {plan.shop}"
        raise ValueError(message)
    next_id = id_source(session)
    shop_id, opened = next_id(), plan.since - timedelta(days=90)
    fold = Fold(shop_id, CURRENCY, plan.trade, next_id, opened)
    fold.take(takewhile(lambda event: event.at <= history.until, history.events))
    rows = fold.finish()
    facts = _facts(plan) | {"plan": shop_plan, "created_at": opened, "updated_at": opened}
    session.execute(
        insert(Base.metadata.tables["shop"]), [facts | {"id": shop_id, "last_order_number": 1000 + len(fold.sold)}]
    )
    for name in ORDER_OF_TABLES:
        _copy(session, Base.metadata.tables[name], rows.get(name, []))
    return shop_id


def _copy(session: Session, table: Table, rows: list[Row]) -> None:
    if not rows:
        return
    names = list(rows[0])
    written = {name for name in names if isinstance(table.columns[name].type, JSONB)}
    driver: Any = session.connection().connection.driver_connection
    columns = ", ".join(f'"{name}"' for name in names)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([_json(row[name]) if name in written else row[name] for name in names])


def _json(value: Any) -> str | None:
    return None if value is None else "[]" if value == [] else json.dumps(value)


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "handle": plan.shop,
        "name": plan.shop.replace("-", " ").title(),
        "email": f"owner@{plan.shop}.example.com",
        "contact_email": f"hello@{plan.shop}.example.com",
        "owner": "Mina Okafor",
        "address1": "1 Kiln Lane",
        "city": "Leeds",
        "zip": "LS1 1AA",
        "country_code": "GB",
        "country": "United Kingdom",
        "currency": CURRENCY,
        "iana_timezone": "Europe/London",
        "installed": False,
    }
