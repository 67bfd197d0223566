"""Ask whether the shops are connected, and were read lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import or_, select

from app.commands.health.finding import Finding, look, well
from app.commands.refused_words import refused_words
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify.models import SyncCursor
from app.shops.models import Shop, ShopStatus

UNREAD = timedelta(hours=2)  # passes come every quarter of an hour
SHOWN = 10


def check(runtime: Runtime) -> Iterator[Finding]:
    """Tell how many there are, and name those that are cut off or not read."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        status = {row.domain: row.status for row in session.execute(select(Shop.domain, Shop.status))}
        old = or_(SyncCursor.finished_at.is_(None), SyncCursor.finished_at < business_now(session) - UNREAD)
        unread = session.execute(
            select(Shop.domain, SyncCursor.last_fault)
            .join(SyncCursor, SyncCursor.shop_id == Shop.id)
            .where(Shop.status == ShopStatus.ACTIVE, old)
            .order_by(Shop.domain)
        ).all()
    active = sum(one is ShopStatus.ACTIVE for one in status.values())
    yield well("shops", f"{active} connected")
    cut_off = sorted(domain for domain, one in status.items() if one is ShopStatus.NEEDS_RECONNECTION)
    if cut_off:
        remedy = "Their merchants open the app again; until then nothing is sent for them."
        yield look("shops", f"{len(cut_off)} cut off: {_some(cut_off)}", remedy)
    for domain, fault in unread[:SHOWN]:
        why = refused_words(fault) if fault else "Its reading is under way or waits for its turn."
        yield look("shops", f"{domain} not read for 2 hours", why)
    if len(unread) > SHOWN:
        yield look("shops", f"{len(unread) - SHOWN} more not read for 2 hours", "See that the worker for bulk runs.")


def _some(domains: list[str]) -> str:
    more = f" and {len(domains) - SHOWN} more" if len(domains) > SHOWN else ""
    return f"{', '.join(domains[:SHOWN])}{more}"
