"""Read what settings show: people's requests about their data, the stars themes read, and who mails are from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Config
from app.customers import push_consent
from app.customers.models import Erasure, ErasureKind
from app.customers.push_consent import TellShopify
from app.flows.words.count_words import counted
from app.flows.words.day_words import date_words
from app.kit.errors import NotFound
from app.kit.work import entered_shop
from app.reviews.settings import StandardStars
from app.reviews.storefront.let_stars import left_alone
from app.reviews.storefront.standard_stars import SCOPE
from app.shops.granted import granted_scopes
from app.shops.models import ShopProfile
from app.shops.settings import load

MOST_REQUESTS: Final = 100
KINDS: Final = {
    ErasureKind.EXPORT: "Copy of a person's data",
    ErasureKind.ERASE: "Erasure of a person",
    ErasureKind.ERASE_SHOP: "Erasure of the shop",
}


@dataclass(frozen=True, slots=True)
class DataRequest:
    """One request in words. `download` is where its file is; empty where there is none."""

    kind: str
    about: str
    asked: str
    due: str
    done: str
    tone: str
    download: str


@dataclass(frozen=True, slots=True)
class Written:
    """Whether something is written to Shopify, as the standard stars are. `granted` tells whether Shopify lets us."""

    allowed: bool
    granted: bool
    status: str
    tone: str
    trouble: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails come from and where answers go."""

    name: str
    address: str
    reply_to: str
    domain: str


def data_requests(session: Session, zone: ZoneInfo, now: datetime) -> list[DataRequest]:
    """Return the newest requests first."""
    rows = session.scalars(
        select(Erasure)
        .where(Erasure.shop_id == entered_shop(session))
        .order_by(Erasure.requested_at.desc(), Erasure.id.desc())
        .limit(MOST_REQUESTS)
    )
    return [_request(row, zone, now) for row in rows]


def export_of(session: Session, request_id: int) -> Erasure:
    """Return the request whose file can be downloaded; raise NotFound for any other id."""
    row = session.scalars(
        select(Erasure).where(
            Erasure.shop_id == entered_shop(session), Erasure.id == request_id, Erasure.kind == ErasureKind.EXPORT
        )
    ).one_or_none()
    if row is None or row.result is None:
        raise NotFound
    return row


def stars(session: Session) -> Written:
    """Return how it stands with the stars themes read."""
    allowed, granted = load(session, StandardStars).allowed, SCOPE in granted_scopes(session)
    trouble = tuple(f"{counted(many, 'product')}: {reason}" for reason, many in left_alone(session).items())
    if not allowed:
        return Written(allowed, granted, "Off", "neutral", ())
    if not granted:
        return Written(allowed, granted, "Waits for Shopify's access", "warning", ())
    return Written(allowed, granted, "On", "success", trouble)


def tell_shopify(session: Session) -> Written:
    """Return how it stands with unsubscribes being written to Shopify."""
    allowed, granted = load(session, TellShopify).allowed, push_consent.SCOPE in granted_scopes(session)
    if not allowed:
        return Written(allowed, granted, "Off", "neutral", ())
    if not granted:
        return Written(allowed, granted, "Waits for Shopify's access", "warning", ())
    return Written(allowed, granted, "On", "success", ())


def sender(session: Session, config: Config) -> Sender:
    """Return who this shop's mails are from."""
    profile = session.scalars(select(ShopProfile).where(ShopProfile.shop_id == entered_shop(session))).one_or_none()
    domain = config.mail_from.rpartition("@")[2]
    if profile is None:
        return Sender("", config.mail_from, "", domain)
    return Sender(profile.name, config.mail_from, profile.contact_email, domain)


def _request(row: Erasure, zone: ZoneInfo, now: datetime) -> DataRequest:
    download = row.kind is ErasureKind.EXPORT and row.result is not None
    done = f"Done {date_words(row.done_at, zone, now)}" if row.done_at else "Not done yet"
    if row.kind is ErasureKind.EXPORT and row.done_at and row.result is None:
        done = "Done, and erased since"
    return DataRequest(
        kind=KINDS[row.kind],
        about=f"Customer {row.customer_shopify_id}" if row.customer_shopify_id else "A buyer without an account",
        asked=date_words(row.requested_at, zone, now),
        due=date_words(row.due_at, zone, now),
        done=done,
        tone="success" if row.done_at else "warning",
        download=f"/settings/requests/{row.id}/download" if download else "",
    )
