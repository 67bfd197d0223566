"""Park what a reading could not use beside the webhooks that could not be applied: a person finds both in one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.work import entered_shop
from app.shopify.asking.fetch import Unread
from app.shopify.models import InboxState, WebhookInbox
from app.shopify.webhooks.erase_bodies import NOTHING
from app.shops.models import Shop

TOPICS: Final = {"Order": "orders/read", "Product": "products/read", "Customer": "customers/read"}  # none of Shopify's
UNNAMED: Final = "unnamed"

log = structlog.get_logger()


def note_unread(session: Session, unread: Iterable[Unread]) -> None:
    """Log and park what the entered shop's answer held and could not be used, each once however often it is read.

    Kept are the id and which field is why: nothing the answer said.
    """
    for one in unread:
        log.warning("unread", shop_id=entered_shop(session), kind=one.kind, shopify_id=one.shopify_id, fault=one.fault)
        name = str(one.shopify_id or UNNAMED)
        told = {"reason": f"{one.kind} {name}: {one.fault}", "received_at": func.now(), "state": InboxState.PARKED}
        domain = select(Shop.domain).where(Shop.id == entered_shop(session)).scalar_subquery()
        row = insert(WebhookInbox).values(
            told | {"shop_domain": domain, "topic": TOPICS[one.kind], "webhook_id": name, "body": NOTHING}
        )
        session.execute(row.on_conflict_do_update(index_elements=["shop_domain", "topic", "webhook_id"], set_=told))
