"""The edge of a merchant's request: one transaction in their shop, and who they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy.orm import Session

from app.kit import runtime
from app.kit.work import unit_of_work


@contextmanager
def merchant_session() -> Iterator[Session]:
    """Yield a session in the shop the ID token named; commits when the block ends well."""
    with unit_of_work(runtime.current(), shop_id=g.shop_id) as session:
        yield session


def by_merchant() -> str:
    """Return who asked, as it is stored: the admin knows staff by a number, and so do we."""
    return f"user:{g.opened.who.user_id}"
