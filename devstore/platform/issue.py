"""Issue, refresh and check access tokens. All times here are real."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from devstore.platform.rotate import (
    ACCESS_LIFETIME,
    ONLINE_LIFETIME,
    REFRESH_LIFETIME,
    RefreshFacts,
    may_refresh,
)
from devstore.platform.tables import AuthorizationCode, Installation, Token
from devstore.state.models import Shop


class InvalidGrant(ValueError):
    """The refresh token or authorization code is unknown, used up, expired or revoked."""


class NonExpiring(PermissionError):
    """A token without expiry: public apps may no longer use them."""


@dataclass(frozen=True)
class Admission:
    """Who an access token speaks for."""

    shop: Shop
    installation: Installation


def issue(
    session: Session, shop_id: int, *, mode: str, expiring: bool, now: datetime, parent: int | None = None
) -> Token:
    """Create a token; an offline one that expires comes with a refresh token, an online one lasts a day."""
    pair = mode == "offline" and expiring
    lifetime = ONLINE_LIFETIME if mode == "online" else ACCESS_LIFETIME
    token = Token(
        shop_id=shop_id,
        mode=mode,
        access_token=f"{'shpat' if mode == 'offline' else 'shpua'}_{secrets.token_hex(16)}",
        access_expires_at=now + lifetime if pair or mode == "online" else None,
        refresh_token=f"shprt_{secrets.token_hex(16)}" if pair else None,
        refresh_expires_at=now + REFRESH_LIFETIME if pair else None,
        parent_id=parent,
        created_at=now,
    )
    session.add(token)
    session.flush()
    return token


def refresh(session: Session, shop_id: int, refresh_token: str, *, now: datetime) -> Token:
    """Return a new pair for a refresh token and retire the token it replaced.

    Raises InvalidGrant.
    """
    found = session.scalars(
        select(Token).where(Token.shop_id == shop_id, Token.refresh_token == refresh_token).with_for_update()
    ).one_or_none()
    if found is None or found.refresh_expires_at is None:
        raise InvalidGrant("unknown")
    facts = RefreshFacts(
        expires_at=found.refresh_expires_at,
        first_used_at=found.first_refresh_at,
        replacement_used_at=found.replacement_used_at,
        revoked_at=found.revoked_at,
    )
    if not may_refresh(facts, now):
        raise InvalidGrant("spent")
    found.first_refresh_at = found.first_refresh_at or now
    if found.parent_id is not None:
        _retire(session, found, now)
    return issue(session, shop_id, mode="offline", expiring=True, now=now, parent=found.id)


def _retire(session: Session, used: Token, now: datetime) -> None:
    """End the token `used` replaced, and the other pairs a retry of that one produced."""
    session.execute(
        update(Token)
        .where(
            (Token.id == used.parent_id) | ((Token.parent_id == used.parent_id) & (Token.id != used.id)),
            Token.replacement_used_at.is_(None),
        )
        .values(replacement_used_at=now)
    )


def redeem(session: Session, shop_id: int, code: str, *, now: datetime) -> str:
    """Use up an authorization code and return the mode it was granted for.

    Raises InvalidGrant.
    """
    row = session.get(AuthorizationCode, code, with_for_update=True)
    if row is None or row.shop_id != shop_id or row.used_at is not None or now >= row.expires_at:
        raise InvalidGrant("code")
    row.used_at = now
    return row.mode


def admit(session: Session, shop: Shop, access_token: str, *, now: datetime) -> Admission | None:
    """Return who the access token speaks for, or nothing if it opens no door in this shop now.

    Raises NonExpiring for a live token without expiry.
    """
    token = session.scalars(
        select(Token).where(Token.shop_id == shop.id, Token.access_token == access_token)
    ).one_or_none()
    if token is None or token.revoked_at is not None or not shop.installed:
        return None
    if token.access_expires_at is None:
        raise NonExpiring(token.mode)
    installation = session.get(Installation, shop.id)
    if now >= token.access_expires_at or installation is None:
        return None
    return Admission(shop, installation)


def token_answer(token: Token, shop: Shop, scopes: list[str], *, now: datetime) -> dict[str, Any]:
    """Return the body Shopify answers with."""
    answer: dict[str, Any] = {"access_token": token.access_token, "scope": ",".join(scopes)}
    if token.access_expires_at is not None:
        answer["expires_in"] = int((token.access_expires_at - now).total_seconds())
    if token.refresh_token is not None and token.refresh_expires_at is not None:
        answer["refresh_token"] = token.refresh_token
        answer["refresh_token_expires_in"] = int((token.refresh_expires_at - now).total_seconds())
    if token.mode == "online":
        answer["associated_user_scope"] = answer["scope"]
        answer["associated_user"] = staff(shop)
    return answer


def staff(shop: Shop) -> dict[str, Any]:
    """Return the one person who works in this shop's admin: its owner."""
    first, _, last = shop.owner.partition(" ")
    return {
        "id": shop.id % 1_000_000_007,
        "first_name": first,
        "last_name": last,
        "email": shop.email,
        "account_owner": True,
        "locale": shop.locale,
        "collaborator": False,
        "email_verified": True,
    }
