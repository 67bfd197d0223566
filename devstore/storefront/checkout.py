"""The one-form checkout: check what was typed, then make a paid order of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from devstore.seed.places import LANDS, Land
from devstore.state.models import Customer, Order, Shop
from devstore.storefront.permalink import Permalink
from devstore.world.customers import create_customer, find_customer, set_consent
from devstore.world.place_order import Basket, place_order

EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,180}\.[^@\s\x00-\x1f.]{2,63}")
COUNTRIES: dict[str, Land] = {land.code: land for land in LANDS}
SHIPPING = Decimal("4.90")
FREE_SHIPPING_FROM = Decimal(60)


@dataclass(frozen=True)
class Buyer:
    """What a shopper typed, checked."""

    first_name: str
    email: str
    country: Land
    accepts_marketing: bool


@dataclass
class Typed:
    """What a shopper typed, as typed, with a sentence for each field that will not do."""

    first_name: str = ""
    email: str = ""
    country: str = "GB"
    accepts_marketing: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def read_buyer(form: Mapping[str, str]) -> tuple[Buyer | None, Typed]:
    """Return the buyer, or nothing with the errors in what was typed."""
    typed = Typed(
        first_name=form.get("first_name", "").strip()[:100],
        email=form.get("email", "").strip()[:254],
        country=form.get("country", ""),
        accepts_marketing=form.get("accepts_marketing") == "yes",
    )
    if not typed.first_name or "\0" in typed.first_name:
        typed.errors["first_name"] = "Enter a first name."
    if not EMAIL.fullmatch(typed.email):
        typed.errors["email"] = "Enter an e-mail address, such as you@example.com."
    land = COUNTRIES.get(typed.country)
    if land is None:
        typed.errors["country"] = "Choose a country from the list."
    if typed.errors or land is None:
        return None, typed
    return Buyer(typed.first_name, typed.email, land, typed.accepts_marketing), typed


def shipping_price(goods: Decimal, *, shipped: bool) -> Decimal:
    """Return what sending costs, anywhere: nothing for what is not sent, and from 60 on."""
    return Decimal(0) if not shipped or goods >= FREE_SHIPPING_FROM else SHIPPING


def buy(session: Session, shop: Shop, buyer: Buyer, link: Permalink, shipping: Decimal) -> Order:
    """Make the paid order, and the customer where the address is new. Raises Refused for what is not sold."""
    address = _address(buyer)
    customer = find_customer(session, shop, buyer.email) or _new_customer(session, shop, buyer, address)
    if buyer.accepts_marketing and customer.email_consent != "subscribed":
        set_consent(session, shop, customer, "subscribed")
    basket = Basket(
        lines=list(link.items),
        shipping_price=shipping,
        note=link.note or None,
        locale=_locale(shop, buyer),
        shipping_address={**address, "first_name": buyer.first_name, "last_name": customer.last_name},
    )
    return place_order(session, shop, customer, basket)


def _new_customer(session: Session, shop: Shop, buyer: Buyer, address: dict[str, Any]) -> Customer:
    facts = {
        "email": buyer.email,
        "first_name": buyer.first_name,
        "locale": _locale(shop, buyer),
        "address": address,
        "consent": "subscribed" if buyer.accepts_marketing else "not_subscribed",
    }
    return create_customer(session, shop, facts)


def _locale(shop: Shop, buyer: Buyer) -> str:
    """Return the language the checkout speaks: English or German where the country does, else the shop's."""
    return buyer.country.locale if buyer.country.locale in {"en", "de"} else shop.locale


def _address(buyer: Buyer) -> dict[str, Any]:
    """Put the parcel somewhere real in the country: its first known place."""
    place = buyer.country.places[0]
    return {
        "address1": f"1 {buyer.country.streets[0]}",
        "city": place.city,
        "province": place.province,
        "province_code": place.province_code,
        "zip": place.zip,
        "country": buyer.country.name,
        "country_code": buyer.country.code,
    }
