"""Plant the demo shops, once."""

import random
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.seed.rows import Rows
from devstore.seed.shops import fernside_tea, kiln_and_kettle
from devstore.state.engine import unit_of_work
from devstore.state.models import Base, Seeded

NAME = "demo"
IDS_AT_ONCE = 8_000


def plant() -> bool:
    """Fill an empty store with both shops; return False where that was done before."""
    with unit_of_work() as session:
        now = store_now(session)
        once = insert_once(Seeded).values(name=NAME, at=now).on_conflict_do_nothing().returning(Seeded.name)
        if session.scalar(once) is None:
            return False
        plant_shops(session, now)
    return True


def plant_shops(session: Session, now: datetime) -> None:
    """Insert both shops as they look from `now`; the same every time but for the dates."""
    next_id = id_source(session)
    for seed, make in ((20_261_121, kiln_and_kettle), (20_261_122, fernside_tea)):
        store = make(random.Random(seed), now)
        shop_id = next_id()
        rows = Rows(store, shop_id, next_id, now).tables
        shop = {**store.facts, "id": shop_id, "last_order_number": 1000 + len(store.sales)}
        session.execute(insert(Base.metadata.tables["shop"]), [shop])
        for table in Base.metadata.sorted_tables:
            if rows.get(table.name):
                session.execute(insert(table), rows[table.name])


def id_source(session: Session) -> Callable[[], int]:
    """Return a function that hands out ids, fetched from the store's counter in large helpings."""
    stock: list[int] = []

    def next_id() -> int:
        if not stock:
            query = text("SELECT nextval('shopify_id') FROM generate_series(1, :count)")
            stock.extend(reversed(session.scalars(query, {"count": IDS_AT_ONCE}).all()))
        return stock.pop()

    return next_id
