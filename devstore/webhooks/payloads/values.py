"""Write single values as Shopify's webhooks write them: times, money, addresses."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from devstore.state.models import Shop


def when(moment: datetime | None, shop: Shop) -> str | None:
    """Write a time in the shop's zone, to the second: ``2026-11-21T20:15:00+00:00``."""
    return moment.astimezone(ZoneInfo(shop.iana_timezone)).isoformat(timespec="seconds") if moment else None


def price(amount: Decimal) -> str:
    """Write an amount with two decimals, as the webhooks do for every currency."""
    return f"{amount:.2f}"


def price_set(amount: Decimal, currency: str) -> dict[str, dict[str, str]]:
    """Write an amount in the shop's and the shopper's currency, which are the same here."""
    one = {"amount": price(amount), "currency_code": currency}
    return {"shop_money": dict(one), "presentment_money": dict(one)}


def address(kept: dict[str, Any] | None) -> dict[str, Any] | None:
    """Write an order's address; a country without provinces has null there, as at Shopify."""
    if kept is None:
        return None
    names = (kept.get("first_name"), kept.get("last_name"))
    return {
        "first_name": names[0],
        "address1": kept.get("address1"),
        "phone": kept.get("phone"),
        "city": kept.get("city"),
        "zip": kept.get("zip"),
        "province": kept.get("province"),
        "country": kept.get("country"),
        "last_name": names[1],
        "address2": kept.get("address2"),
        "company": kept.get("company"),
        "latitude": None,
        "longitude": None,
        "name": " ".join(part for part in names if part),
        "country_code": kept.get("country_code"),
        "province_code": kept.get("province_code"),
    }


def customer_address(kept: dict[str, Any] | None, customer_id: int) -> dict[str, Any] | None:
    """Write a customer's default address, which has an id of its own."""
    written = address(kept)
    if kept is None or written is None:
        return None
    del written["latitude"], written["longitude"]
    return {
        "id": kept["id"],
        "customer_id": customer_id,
        **written,
        "country_name": kept.get("country"),
        "default": True,
    }
