"""Tables of the tenant. `shop` is a platform table: nothing secret in it, and links and webhooks need it first."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Identity, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import AS_WRITTEN, Base, EnumText, ShopOwned


class ShopStatus(StrEnum):
    """Say whether we may work for a shop, and if not, why."""

    ACTIVE = "active"
    UNINSTALLED = "uninstalled"
    NEEDS_RECONNECTION = "needs_reconnection"


class Shop(Base):
    """Know a shop by its myshopify domain. `generation` counts installs, to tell a late uninstall of an older one."""

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    domain: Mapped[str] = mapped_column(unique=True)
    generation: Mapped[int] = mapped_column(Integer, default=1)
    status: Mapped[ShopStatus] = mapped_column(EnumText(ShopStatus))
    installed_at: Mapped[datetime]  # since when it is known to be: when Shopify last gave us a pair for it
    uninstalled_at: Mapped[datetime | None]
    redacted_at: Mapped[datetime | None]


class AccessToken(ShopOwned, Base):
    """Keep the live token pair of one generation, sealed; the pair before it too, until the new one has been used."""

    __tablename__ = "access_token"
    __table_args__ = (UniqueConstraint("shop_id", "generation"),)  # one live pair per generation

    generation: Mapped[int] = mapped_column(Integer)
    access_token: Mapped[bytes] = mapped_column(LargeBinary)
    access_expires_at: Mapped[datetime]
    refresh_token: Mapped[bytes] = mapped_column(LargeBinary)
    refresh_expires_at: Mapped[datetime]
    previous_refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    scopes: Mapped[str]
    refreshed_at: Mapped[datetime]


class ShopProfile(ShopOwned, Base):
    """Hold what the shop is called and where it is, as Shopify tells it: one row a shop."""

    __tablename__ = "shop_profile"
    __table_args__ = (UniqueConstraint("shop_id"),)

    shopify_id: Mapped[int]
    name: Mapped[str]
    contact_email: Mapped[str]
    timezone: Mapped[str]  # IANA
    currency: Mapped[str]
    country: Mapped[str | None]
    address: Mapped[str | None]  # one line, for the mail footer
    primary_url: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    data_access: Mapped[bool] = mapped_column(default=True)  # False: protected fields are null because unapproved
    data_access_changed_at: Mapped[datetime | None]  # business time; None while no answer ever withheld anything
    source_updated_at: Mapped[datetime]


class ShopSetting(ShopOwned, Base):
    """Keep each section of settings with its version; old versions stay, so that a decision can be explained later."""

    __tablename__ = "shop_setting"
    __table_args__ = (UniqueConstraint("shop_id", "section", "version"), AS_WRITTEN)

    section: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    values: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
