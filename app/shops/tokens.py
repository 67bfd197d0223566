"""Keep each shop's living token pair, sealed, and renew it before it ends.

One renewal at a time per shop (the row is locked), in a transaction of its own: what Shopify issued must not be lost
because the job around it fails later. All instants here are real time.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import httpx
import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit import crypt, fault
from app.kit.clock import real_now
from app.kit.rows.one_trip import one_trip
from app.kit.rows.question import SHOP, Question
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify.asking.admin import WORKER_PATIENCE_S, AdminClient
from app.shopify.entry import refresh
from app.shopify.entry.token_pair import GrantRefused, TokenFault, TokenPair, is_due
from app.shops import install
from app.shops.models import AccessToken, Shop, ShopStatus

log = structlog.get_logger()

ACCESS: Final = Question(
    select(Shop.domain, Shop.status, AccessToken.access_token, AccessToken.access_expires_at)
    .outerjoin(AccessToken, (AccessToken.shop_id == Shop.id) & (AccessToken.generation == Shop.generation))
    .where(Shop.id == SHOP)
)


class NotConnected(TokenFault):
    """Say that a shop has no token that could be used: never exchanged, uninstalled, or in need of reconnection."""


def admin_client(session: Session, shop_id: int, patience_s: float = WORKER_PATIENCE_S) -> AdminClient:
    """Return the Admin API client of a shop, with a token that lives for minutes. Web requests pass `patience_s=0`."""
    domain, token = current_access(session, shop_id)
    # Work that paces itself puts a meter into its session, work that others wait behind a pace.
    meter, pace = session.info.get("meter"), session.info.get("pace")
    return AdminClient(_http(session.info["runtime"]), domain, token, patience_s, meter=meter, pace=pace)


def store_pair(session: Session, shop: Shop, pair: TokenPair) -> None:
    """Keep the pair of a first exchange, or of a later one, for the shop's present generation."""
    keys = session.info["runtime"].config.encryption_keys
    values = {
        "access_token": crypt.seal(keys, shop.id, pair.access_token),
        "access_expires_at": pair.access_expires_at,
        "refresh_token": crypt.seal(keys, shop.id, pair.refresh_token),
        "refresh_expires_at": pair.refresh_expires_at,
        "previous_refresh_token": None,
        "scopes": ",".join(sorted(pair.scopes)),
        "refreshed_at": real_now(),
    }
    session.execute(
        insert(AccessToken)
        .values(values | {"shop_id": shop.id, "generation": shop.generation})
        .on_conflict_do_update(index_elements=["shop_id", "generation"], set_=values),
    )


def has_living_pair(session: Session, shop: Shop, now: datetime) -> bool:
    """Tell whether a pair of this generation is kept that can still be used or renewed."""
    row = _row(session, shop)
    return row is not None and row.refresh_expires_at > now


def current_access(session: Session, shop_id: int) -> tuple[str, str]:
    """Return a shop's domain and an access token with minutes left, renewing it first where needed.

    Raises NotConnected when there is nothing to renew, GrantRefused when Shopify honours neither stored refresh token
    (the shop is then marked `needs_reconnection`), and other TokenFaults when Shopify cannot be asked now.
    """
    ((row,),) = (ACCESS.rows(rows) for rows in one_trip(session, [ACCESS.asked(shop_id, {})]))
    if row.access_token is None or row.status is not ShopStatus.ACTIVE:
        raise NotConnected("the shop has no living token")
    runtime: Runtime = session.info["runtime"]
    if is_due(row.access_expires_at, real_now()):
        return row.domain, renew(runtime, shop_id)
    return row.domain, crypt.unseal(runtime.config.encryption_keys, shop_id, row.access_token)


def renew(runtime: Runtime, shop_id: int, *, even_if_fresh: bool = False) -> str:
    """Renew a shop's pair under its row lock and commit; return the access token.

    Raises what current_access does. Whoever waited for the lock finds the new pair and asks nobody.
    `even_if_fresh` renews a pair whose refresh token ages, though its access token still lives.
    """
    try:
        with unit_of_work(runtime, shop_id=shop_id, committed="T2") as session:
            shop = session.get_one(Shop, shop_id)
            row = _row(session, shop, lock=True)
            if row is None:
                raise NotConnected("the shop has no living token")
            keys = runtime.config.encryption_keys
            if not even_if_fresh and not is_due(row.access_expires_at, real_now()):
                return crypt.unseal(keys, shop_id, row.access_token)
            sealed = (row.refresh_token, row.previous_refresh_token)
            known = tuple(crypt.unseal(keys, shop_id, each) for each in sealed if each is not None)
            config = runtime.config
            pair = refresh.refresh(_http(runtime), config.api_key, config.api_secret, shop.domain, known)
            fault.point("T1")
            row.access_token = crypt.seal(keys, shop_id, pair.access_token)
            row.access_expires_at = pair.access_expires_at
            row.previous_refresh_token = crypt.seal(keys, shop_id, known[0])
            row.refresh_token = crypt.seal(keys, shop_id, pair.refresh_token)
            row.refresh_expires_at = pair.refresh_expires_at
            row.scopes = ",".join(sorted(pair.scopes))
            row.refreshed_at = real_now()
            return pair.access_token
    except GrantRefused:
        with unit_of_work(runtime, shop_id=shop_id) as session:
            install.need_reconnection(session, shop_id)
        log.warning("needs_reconnection", shop_id=shop_id)
        raise


def _row(session: Session, shop: Shop, *, lock: bool = False) -> AccessToken | None:
    wanted = select(AccessToken).where(AccessToken.shop_id == shop.id, AccessToken.generation == shop.generation)
    if lock:
        wanted = wanted.with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _http(runtime: Runtime) -> httpx.Client:
    client: httpx.Client = runtime.parts["http"]
    return client
