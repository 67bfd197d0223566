"""Find for many clicks at once where they lead: what find.py answers for one, asked in one trip for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg

from app.kit.rows.one_trip import ONE_PLAN, PlannedOnce
from app.kit.runtime import Runtime
from app.messages.mail.web_address import spelled
from app.messages.signed.links import Linked

ENTER: Final = f"select set_config('app.shop_id', %(shop)s::text, true), ({ONE_PLAN})"
FIND: Final = PlannedOnce("""select l.public_id, l.target from tracked_link l
    join message m on m.shop_id = l.shop_id and m.id = l.message_id
    where l.shop_id = %(shop)s and l.public_id = any(%(ids)s) and (m.customer_id is null or exists (
        select from customer c where c.shop_id = m.shop_id and c.id = m.customer_id and c.erased_at is null))""")


def find_targets(runtime: Runtime, clicks: Sequence[Linked]) -> list[str | None]:
    """Return, in order, the address each leads to, as ASCII; None for what is not there, not living or no address.

    Each shop is entered by itself; all of it is one round trip, and one transaction: that of what is sent together.
    Raises what the driver and SQLAlchemy raise for a fault of the database.
    """
    by_shop: dict[int, set[str]] = defaultdict(set)
    for linked in clicks:
        by_shop[linked.shop_id].add(linked.public_id)
    with runtime.engines.app.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        driver: Any = connection.connection.driver_connection
        try:
            with driver.pipeline():
                asked = [_ask(driver, {"shop": shop_id, "ids": list(ids)}) for shop_id, ids in by_shop.items()]
        except psycopg.Error as fault:
            connection.invalidate(fault)
            raise
        found = {
            (shop_id, public_id): spelled(target)
            for shop_id, cursor in zip(by_shop, asked, strict=True)
            for public_id, target in cursor
        }
    return [found.get((linked.shop_id, linked.public_id)) for linked in clicks]


def _ask(driver: Any, facts: Mapping[str, Any]) -> Any:
    driver.execute(ENTER, facts)
    return driver.execute(FIND.this_minute(), facts, prepare=True)
