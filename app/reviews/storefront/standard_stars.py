"""Write the shared metafields `reviews.rating` and `reviews.rating_count`, which themes and search engines read.

Every value we are about to write is remembered first, a value we do not remember is never replaced, and the write
itself is compare-and-set.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from app.kit.work import entered_shop, unit_of_work
from app.reviews.models import RatingSummary
from app.reviews.settings import StandardStars
from app.reviews.storefront.keep_summary import stored
from app.reviews.storefront.standard_values import COUNT, RATING, TYPES, There, is_foreign, wanted_values
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.admin_faults import Unreachable, UserErrors
from app.shopify.asking.outgoing import NotNow
from app.shopify.payloads.fields import Fields
from app.shops import settings
from app.shops.granted import granted_scopes

SCOPE = "write_products"
NAMESPACE = "reviews"
DEFINED_ALREADY = frozenset({"TAKEN", "UNSTRUCTURED_ALREADY_EXISTS"})
STALE = frozenset({"STALE_OBJECT", "INVALID_COMPARE_DIGEST"})
BY = "welltimed"


def write_standard_stars(session: Session, client: AdminClient, payload: dict[str, Any]) -> None:
    """Write the stars of `payload["product"]`, where the merchant allows it and the values are ours or nobody's.

    Raises NotNow with the reason where that is not so, an AdminFault when Shopify does not answer or not take it.
    """
    product_id = int(payload["product"])
    allowed = settings.load(session, StandardStars)
    if not allowed.allowed:
        raise NotNow("The merchant does not let us write the stars themes read.")
    if SCOPE not in granted_scopes(session):
        raise NotNow("The scope write_products is not granted.")
    summary, there = stored(session, product_id), _ask(client, product_id)
    if summary is None or there is None:
        return  # nobody has rated it, or the product is gone
    wanted = wanted_values(summary, there)
    if is_foreign(there, _tried(session, product_id)):
        raise NotNow("Another app writes the stars of this product. Its values were left as they are.")
    if not wanted:
        return
    if not allowed.defined:
        _define(client)
        settings.save(session, replace(allowed, defined=True), by=BY)
    _remember_before_writing(session, product_id, wanted)
    _set(client, product_id, wanted, there)
    session.execute(update(RatingSummary).where(_of(session, product_id)).values(standard_tried=[wanted]))


def _ask(client: AdminClient, product_id: int) -> dict[str, There] | None:
    product = Fields(client.ask("product_rating", id=_gid(product_id)).data).maybe_child("product")
    if product is None:
        return None
    return {RATING: _there(product, "rating"), COUNT: _there(product, "ratingCount")}


def _there(product: Fields, alias: str) -> There:
    field = product.maybe_child(alias)
    return There() if field is None else There(field.text("value"), field.text("compareDigest"))


def _define(client: AdminClient) -> None:
    for key in TYPES:
        try:
            client.change("standard_metafield_enable", ownerType="PRODUCT", namespace=NAMESPACE, key=key)
        except UserErrors as fault:
            if not fault.codes <= DEFINED_ALREADY:
                raise


def _set(client: AdminClient, product_id: int, wanted: dict[str, str], there: dict[str, There]) -> None:
    metafields = [
        {
            "ownerId": _gid(product_id),
            "namespace": NAMESPACE,
            "key": key,
            "type": TYPES[key],
            "value": value,
            "compareDigest": there[key].digest,
        }
        for key, value in wanted.items()
    ]
    try:
        client.change("metafields_set", metafields=metafields)
    except UserErrors as fault:
        if fault.codes <= STALE:
            raise Unreachable("the stars changed while we looked") from fault
        raise


def _remember_before_writing(session: Session, product_id: int, wanted: dict[str, str]) -> None:
    """Commit what we are about to write, apart from the work around it: after a lost reply it must be known as ours."""
    with unit_of_work(session.info["runtime"], shop_id=entered_shop(session)) as apart:
        tried = [*(one for one in _tried(apart, product_id) if one != wanted), wanted]
        apart.execute(update(RatingSummary).where(_of(apart, product_id)).values(standard_tried=tried))


def _tried(session: Session, product_id: int) -> list[dict[str, str]]:
    return list(session.scalars(select(RatingSummary.standard_tried).where(_of(session, product_id))).one())


def _of(session: Session, product_id: int) -> ColumnElement[bool]:
    return and_(RatingSummary.shop_id == entered_shop(session), RatingSummary.product_shopify_id == product_id)


def _gid(product_id: int) -> str:
    return f"gid://shopify/Product/{product_id}"
