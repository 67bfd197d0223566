"""Find the shop a request means by the name it was sent to."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.state.models import Shop

DOMAIN = re.compile(r"([a-z0-9][a-z0-9-]*)\.myshopify\.com(?::[0-9]+)?", re.IGNORECASE)


def shop_of_host(session: Session, host: str) -> Shop | None:
    """Return the shop whose permanent domain is in the Host header, if there is one."""
    match = DOMAIN.fullmatch(host)
    if match is None:
        return None
    return session.scalars(select(Shop).where(Shop.handle == match[1].lower())).one_or_none()
