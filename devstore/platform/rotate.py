"""Decide what a refresh token is still good for.

The rules are Shopify's of 2026-08-28: a refresh token lives 90 days; once used, it may be tried again until the token
that replaced it is used itself, but no longer than 30 days after its own first use.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

ACCESS_LIFETIME = timedelta(seconds=3600)
ONLINE_LIFETIME = timedelta(seconds=86399)
REFRESH_LIFETIME = timedelta(days=90)
RETRY_WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class RefreshFacts:
    """What is known about one refresh token, all times real and in UTC."""

    expires_at: datetime
    first_used_at: datetime | None
    replacement_used_at: datetime | None
    revoked_at: datetime | None


def may_refresh(token: RefreshFacts, now: datetime) -> bool:
    """Say whether the token still yields a new pair at `now`."""
    if token.revoked_at is not None or token.replacement_used_at is not None:
        return False
    if now >= token.expires_at:
        return False
    return token.first_used_at is None or now < token.first_used_at + RETRY_WINDOW
