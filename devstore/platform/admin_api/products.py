"""Answer for products and their variants."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from, page_of
from devstore.platform.admin_api.field import attributes, computed, field, globally, upper
from devstore.platform.admin_api.money import money
from devstore.platform.admin_api.orders import note
from devstore.platform.admin_api.search import moment, number, search, word
from devstore.platform.names import read_gid
from devstore.state.models import LineItem, Product, Variant, gid

SIDE = 800  # pixels
SORTS: dict[str, ColumnElement[Any]] = {
    "CREATED_AT": Product.created_at.expression,
    "ID": Product.id.expression,
    "TITLE": Product.title.expression,
    "UPDATED_AT": Product.updated_at.expression,
}
SEARCH = {
    "updated_at": moment(Product.updated_at),
    "created_at": moment(Product.created_at),
    "id": number(Product.id),
    "handle": word(Product.handle),
    "title": word(Product.title),
    "status": word(Product.status),
}


@dataclass(frozen=True)
class Picture:
    """A product's one picture, as a medium of its own."""

    product: Product

    @property
    def id(self) -> int:
        """Return the picture's number."""
        return self.product.image_id or self.product.id


def variants_of(call: Call, row: Product) -> list[Variant]:
    """Return a product's variants by position."""
    return sorted(call.shelf.children(Variant.product_id, Product, row.id), key=lambda one: (one.position, one.id))


def _address(row: Product, call: Call) -> str:
    return f"{call.store_url}/products/{row.handle}"


globally("Product")
attributes(
    "Product",
    *("title", "handle", "vendor", "productType", "tags", "createdAt", "updatedAt", "publishedAt"),
)
upper("Product", status="status")
computed(
    "Product",
    descriptionHtml=lambda row, call: row.body_html,
    onlineStoreUrl=lambda row, call: (
        f"{call.store_url}/products/{row.handle}" if row.published_at and row.status == "active" else None
    ),
    onlineStorePreviewUrl=_address,
    featuredMedia=lambda row, call: Picture(row) if row.drawing else None,
    isGiftCard=lambda row, call: any(one.gift_card for one in variants_of(call, row)),
    hasOnlyDefaultVariant=lambda row, call: [one.title for one in variants_of(call, row)] == ["Default Title"],
    totalInventory=lambda row, call: sum(one.inventory_quantity for one in variants_of(call, row)),
    variantsCount=lambda row, call: {"count": len(variants_of(call, row)), "precision": "EXACT"},
    priceRangeV2=lambda row, call: _price_range(call, row),
)
attributes("ProductPriceRangeV2", "minVariantPrice", "maxVariantPrice")
globally("ProductVariant")
attributes("ProductVariant", "title", "sku", "inventoryQuantity", "position", "createdAt", "updatedAt", "taxable")
computed(
    "ProductVariant",
    displayName=lambda row, call: f"{call.shelf.row(Product, row.product_id).title} - {row.title}",
    price=lambda row, call: f"{row.price:.2f}",
    compareAtPrice=lambda row, call: None if row.compare_at_price is None else f"{row.compare_at_price:.2f}",
    availableForSale=lambda row, call: row.inventory_quantity > 0,
    barcode=lambda row, call: None,
    selectedOptions=lambda row, call: [{"name": "Title", "value": row.title}],
    product=lambda row, call: call.shelf.row(Product, row.product_id),
)
attributes("SelectedOption", "name", "value")
computed(
    "MediaImage",
    id=lambda row, call: gid("MediaImage", row.id),
    alt=lambda row, call: row.product.title,
    image=lambda row, call: _image(row.product, call),
    preview=lambda row, call: {"image": _image(row.product, call), "status": "READY"},
    mediaContentType=lambda row, call: "IMAGE",
    status=lambda row, call: "READY",
)
attributes("MediaPreviewImage", "image", "status")
attributes("Image", "id", "altText", "width", "height", "url")


@field("QueryRoot", "product")
def product(_: Any, call: Call, args: dict[str, Any]) -> Product | None:
    """Return a product by id."""
    ident = read_gid(args["id"])
    return one_product(call, ident[1]) if ident and ident[0] == "Product" else None


@field("QueryRoot", "productVariant")
def product_variant(_: Any, call: Call, args: dict[str, Any]) -> Variant | None:
    """Return a variant by id."""
    ident = read_gid(args["id"])
    return one_variant(call, ident[1]) if ident and ident[0] == "ProductVariant" else None


def one_product(call: Call, number_of_it: int) -> Product | None:
    """Return one product of the shop."""
    row: Product | None = call.shelf.row(Product, number_of_it)
    return row if row is not None and row.shop_id == call.shop.id else None


def one_variant(call: Call, number_of_it: int) -> Variant | None:
    """Return one variant of the shop."""
    row: Variant | None = call.shelf.row(Variant, number_of_it)
    return row if row is not None and row.shop_id == call.shop.id else None


@field("QueryRoot", "products")
def products(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of products."""
    found = search(args.get("query"), SEARCH)
    note(call, args, found)
    statement = select(Product).where(Product.shop_id == call.shop.id, *found.conditions)
    sort = SORTS.get(args.get("sortKey", "ID"), Product.id.expression)
    page = page_from(call.session, statement, args, sort, Product.id.expression)
    call.shelf.put(page.nodes)
    return page


@field("Product", "variants")
def product_variants(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the product's variants."""
    return page_of(variants_of(call, row), args, key=lambda one: one.position)


@field("Product", "description")
def description(row: Any, call: Call, args: dict[str, Any]) -> str:
    """Return the description without its tags, cut where asked."""
    return re.sub(r"<[^>]+>", " ", row.body_html).strip()[: args.get("truncateAt")]


@field("Product", "media")
@field("ProductVariant", "media")
def media(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of pictures: a product has one or none, a variant none of its own."""
    return page_of([Picture(row)] if isinstance(row, Product) and row.drawing else [], args)


@field("LineItem", "image")
def line_image(row: LineItem, call: Call, args: dict[str, Any]) -> dict[str, Any] | None:
    """Return the product's picture while the product exists."""
    found = call.shelf.row(Product, row.product_id)
    return _image(found, call) if found is not None and found.drawing else None


def _image(row: Product, call: Call) -> dict[str, Any]:
    return {
        "id": gid("ImageSource", row.image_id or row.id),
        "altText": row.title,
        "width": SIDE,
        "height": SIDE,
        "url": f"{call.settings.origin}/pictures/{row.drawing}.svg",
    }


def _price_range(call: Call, row: Product) -> dict[str, Any]:
    prices = [one.price for one in variants_of(call, row)] or [Decimal(0)]
    low, high = money(min(prices), call.shop.currency), money(max(prices), call.shop.currency)
    return {"minVariantPrice": low, "maxVariantPrice": high}
