"""Six things to try, each ticked by a fact in the store and never by a click."""

import json
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from devstore.clock.now import offset
from devstore.mail.whose import follow_up_of
from devstore.platform.tables import Metaobject
from devstore.state.models import Fulfillment, Order, Seeded, Shop

WEEK = 7


def six_things(session: Session, shop: Shop) -> list[dict[str, Any]]:
    """Return the six: words, where to do it, and whether it is done."""
    store, admin = f"/store/{shop.handle}/", f"/admin/{shop.handle}"
    mine = _bought_here(session, shop)
    sent = _any(session, follow_up_of(session, shop))  # a mail the merchant sends themselves starts nothing
    return [
        _thing("Install the app", f"{admin}/install", done=shop.installed),
        _thing(
            "Start the follow-ups: a first mail arrives",
            f"{admin}/apps",
            done=sent,
        ),
        _thing("Buy something under your own name", store, done=_any(session, *mine)),
        _thing("Ship it, then have it delivered", f"{admin}/orders", done=_any(session, *mine, _delivered())),
        _thing("Move the clock seven days", "", done=shop.installed and offset(session).days >= WEEK),
        _thing("Answer the mail: your stars are on the product page", "/inbox", done=_reviewed(session, shop)),
    ]


def _thing(words: str, where: str, *, done: bool) -> dict[str, Any]:
    return {"words": words, "where": where, "done": done}


def _bought_here(session: Session, shop: Shop) -> list[ColumnElement[bool]]:
    """Return what tells an order somebody placed from those the demo began with."""
    seeded = session.scalar(select(func.max(Seeded.at)))
    conditions = [Order.shop_id == shop.id]
    return conditions if seeded is None else [*conditions, Order.created_at > seeded]


def _delivered() -> ColumnElement[bool]:
    return exists().where(Fulfillment.order_id == Order.id, Fulfillment.delivered_at.is_not(None))


def _any(session: Session, *conditions: ColumnElement[bool]) -> bool:
    return bool(session.scalar(select(exists().where(*conditions))))


def _reviewed(session: Session, shop: Shop) -> bool:
    """Say whether a summary with at least one rating has been written for a product."""
    for values in session.scalars(select(Metaobject.values).where(Metaobject.shop_id == shop.id)):
        count = values.get("rating_count")
        if count is not None and isinstance(parsed := json.loads(count), int) and parsed > 0:
            return True
    return False
