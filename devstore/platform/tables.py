"""What the platform remembers: installations, tokens, metafields and metaobjects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from devstore.state.base import Base, ShopifyId

SHOP = "shop.id"


class Installation(Base):
    """The app in one shop; `Shop.installed` says whether it is there, this says with which rights."""

    __tablename__ = "installation"
    STAYS = True

    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP), primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(default=1)
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    # Protected customer data: 0 none, 1 without name, address, phone and e-mail, 2 all.
    data_level: Mapped[int] = mapped_column(default=2)


class Token(Base):
    """An access token, with its refresh token where it expires; all times are real."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP), index=True)
    mode: Mapped[str]  # offline, online
    access_token: Mapped[str] = mapped_column(unique=True)
    access_expires_at: Mapped[datetime | None]
    refresh_token: Mapped[str | None] = mapped_column(unique=True)
    refresh_expires_at: Mapped[datetime | None]
    # The token whose refresh made this one.
    parent_id: Mapped[int | None] = mapped_column(index=True)
    first_refresh_at: Mapped[datetime | None]
    replacement_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class AuthorizationCode(Base):
    """A code on its way through the browser; good once, for a minute of real time."""

    __tablename__ = "authorization_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP))
    mode: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class MetafieldDefinition(Base):
    """What a metafield means: its type and who may see it."""

    __tablename__ = "metafield_definition"
    __table_args__ = (UniqueConstraint("shop_id", "owner_type", "namespace", "key"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP))
    owner_type: Mapped[str]
    namespace: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    type: Mapped[str]
    description: Mapped[str | None]
    admin_access: Mapped[str | None]
    storefront_access: Mapped[str] = mapped_column(default="NONE")


class Metafield(Base):
    """One value on one thing."""

    __tablename__ = "metafield"
    __table_args__ = (UniqueConstraint("shop_id", "owner_type", "owner_id", "namespace", "key"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP))
    owner_type: Mapped[str]
    owner_id: Mapped[int]
    namespace: Mapped[str]
    key: Mapped[str]
    type: Mapped[str]
    value: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class MetaobjectDefinition(Base):
    """A kind of metaobject; `fields` is a list of {key, name, description, required, type}."""

    __tablename__ = "metaobject_definition"
    __table_args__ = (UniqueConstraint("shop_id", "type"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP))
    type: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    display_name_key: Mapped[str | None]
    fields: Mapped[list[Any]]
    admin_access: Mapped[str] = mapped_column(default="MERCHANT_READ")
    storefront_access: Mapped[str] = mapped_column(default="NONE")
    publishable: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Metaobject(Base):
    """One entry; `values` maps a field's key to its text, as Shopify keeps it."""

    __tablename__ = "metaobject"
    __table_args__ = (UniqueConstraint("definition_id", "handle"),)

    id: Mapped[ShopifyId]
    shop_id: Mapped[int] = mapped_column(ForeignKey(SHOP))
    definition_id: Mapped[int] = mapped_column(ForeignKey("metaobject_definition.id", ondelete="CASCADE"))
    handle: Mapped[str]
    values: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="ACTIVE")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
