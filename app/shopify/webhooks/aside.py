"""Set a shop aside whose Shopify answers slowly or not at all, so that nobody else's webhooks wait behind its own.

Most webhooks are applied without asking; some need the shop's answer. Whoever applies the webhooks of all shops waits
a second for one, and for no rate limit. A shop that takes longer is set aside for some minutes: its webhooks are
then applied by whoever does what can wait, with all the patience there is, one of each such shop in turn. Once its last
slow answer is long enough ago, it is like the others again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base
from app.kit.queue import BULK
from app.kit.work import ring_after_commit
from app.shopify.models import WebhookInbox

ASIDE_FOR: Final = timedelta(minutes=5)  # a second lost in five minutes is a three-hundredth of a worker


class SlowShop(Base):
    """Remember until when a shop's webhooks are applied apart from the others' (real time).

    Platform table: it holds a shop's address and nothing of anybody's.
    """

    __tablename__ = "slow_shop"

    shop_domain: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]


def is_aside() -> ColumnElement[bool]:
    """Return what holds of the webhooks of shops that are set aside."""
    return (
        select(SlowShop.shop_domain)
        .where(SlowShop.shop_domain == WebhookInbox.shop_domain, SlowShop.until > func.now())
        .correlate(WebhookInbox)
        .exists()
    )


def set_aside(session: Session, shop_domain: str) -> None:
    """Set a shop aside from now on, or for longer."""
    until = {"until": func.now() + ASIDE_FOR}
    row = insert(SlowShop).values(until | {"shop_domain": shop_domain})
    session.execute(row.on_conflict_do_update(index_elements=["shop_domain"], set_=until))
    ring_after_commit(session, BULK)
