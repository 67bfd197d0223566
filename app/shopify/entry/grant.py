"""Remember each use of the authorization-code grant: begun for one shop, used once, for ten minutes of real time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.shopify.models import OAuthState

LIFETIME = timedelta(minutes=10)
KEPT = timedelta(days=1)  # used ones stay a while, so that a replay is seen as one
STATE_BYTES = 24  # 192 random bits


def begin(session: Session, shop_domain: str, now: datetime) -> str:
    """Return the state of a new grant for this shop; forget those of days ago."""
    session.execute(delete(OAuthState).where(OAuthState.created_at < now - KEPT))
    state = secrets.token_urlsafe(STATE_BYTES)
    session.add(OAuthState(state=state, shop_domain=shop_domain, created_at=now, used_at=None))
    session.flush()
    return state


def use(session: Session, state: str, shop_domain: str, now: datetime) -> bool:
    """Use a state up; return False when it was never given for this shop, was used before, or is too old."""
    used = session.execute(
        update(OAuthState)
        .where(
            OAuthState.state == state,
            OAuthState.shop_domain == shop_domain,
            OAuthState.used_at.is_(None),
            OAuthState.created_at > now - LIFETIME,
        )
        .values(used_at=now)
        .returning(OAuthState.state),
    )
    return used.first() is not None
