"""Gather what mails show beyond the facts of their decisions: the shop's profile, the things, the parcels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.flows.facts.calendars import SeasonSetting
from app.flows.facts.gather import Gathered
from app.flows.facts.gather_shop import PROFILE
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.messages.mail.context import Line
from app.orders.models import OrderLine
from app.orders.parcels import Fulfillment
from app.shops.models import ShopProfile
from app.shops.settings import load_once

NAMED: Final = Question(
    select(
        OrderLine.id,
        OrderLine.title,
        OrderLine.current_quantity,
        OrderLine.variant_title,
        Product.image_url,
        Product.handle,
    )
    .join(
        Product,
        (Product.shop_id == OrderLine.shop_id) & (Product.shopify_id == OrderLine.product_shopify_id),
        isouter=True,
    )
    .where(OrderLine.shop_id == SHOP, one_of(OrderLine.id, "lines"))
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Hold it for many mails of one shop: lines by our order line ids, parcels by our ids."""

    profile: ShopProfile | None
    lines: Mapping[int, Line]
    parcels: Mapping[int, Fulfillment]
    seasons: SeasonSetting


def gather_shown(session: Session, about: Sequence[Gathered]) -> Shown:
    """Return what the mails about these follow-ups may show, in a few queries."""
    shop_id = entered_shop(session)
    items = [item for one in about for item in one.facts.items]
    lines = {"lines": sorted({item.order_line_id for item in items})}
    profiled, named = ask(session, (PROFILE, {}), (NAMED, lines))
    profile = next(iter(profiled), None)
    parcels = {item.fulfillment_id for item in items if item.fulfillment_id}
    return Shown(
        profile,
        _lines(named, profile),
        {parcel: session.get_one(Fulfillment, (shop_id, parcel)) for parcel in parcels},  # the facts have loaded them
        load_once(session, SeasonSetting),
    )


def _lines(rows: Iterable[Any], profile: ShopProfile | None) -> dict[int, Line]:
    at = profile.primary_url.rstrip("/") if profile is not None else ""
    return {
        row.id: Line(
            title=row.title,
            quantity=row.current_quantity,
            variant=row.variant_title or "",
            image_url=row.image_url or "",
            product_url=f"{at}/products/{row.handle}" if row.handle else "",
        )
        for row in rows
    }
