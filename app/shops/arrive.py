"""A merchant opens the app: the shop is known and connected afterwards, or the reason is raised.

Asking Shopify happens between transactions, never inside one that holds a lock others wait for.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import real_now
from app.kit.events import emit
from app.kit.runtime import Runtime
from app.kit.work import enter_shop, unit_of_work
from app.shopify.entry import exchange
from app.shopify.entry.token_pair import TokenPair
from app.shops import tokens
from app.shops.install import ensure_installed
from app.shops.models import Shop, ShopStatus


@dataclass(frozen=True, slots=True)
class ShopConnected:
    """Say that a shop gave us a token pair: now it can be asked what it is called and what it lacks."""

    shop_id: int


def merchant_arrived(runtime: Runtime, shop_domain: str, id_token: str) -> int:
    """Return the id of the shop a believed ID token is for, exchanging the token where no living pair is kept.

    Raises a TokenFault: StaleIdToken when the page needs a fresher token, others when Shopify does not let us in.
    """
    with unit_of_work(runtime) as session:
        shop_id = _connected_shop(session, shop_domain)
    if shop_id is not None:
        return shop_id
    config = runtime.config
    pair = exchange.exchange_id_token(runtime.parts["http"], config.api_key, config.api_secret, shop_domain, id_token)
    return shop_connected(runtime, shop_domain, pair)


def shop_connected(runtime: Runtime, shop_domain: str, pair: TokenPair) -> int:
    """Keep a pair Shopify has just issued, installing the shop where it is new or had left; return the shop's id."""
    with unit_of_work(runtime) as session:
        shop = ensure_installed(session, shop_domain)
        tokens.store_pair(session, shop, pair)
        emit(session, ShopConnected(shop.id))
        return shop.id


def _connected_shop(session: Session, shop_domain: str) -> int | None:
    shop = session.scalars(select(Shop).where(Shop.domain == shop_domain)).one_or_none()
    if shop is None or shop.status is not ShopStatus.ACTIVE:
        return None
    enter_shop(session, shop.id)
    return shop.id if tokens.has_living_pair(session, shop, real_now()) else None
