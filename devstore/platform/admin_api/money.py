"""Write amounts and addresses as the Admin API shapes them."""

from decimal import Decimal
from typing import Any


def money(amount: Decimal, currency: str) -> dict[str, Any]:
    """Return a MoneyV2."""
    return {"amount": f"{amount:.2f}", "currencyCode": currency}


def money_bag(amount: Decimal, currency: str) -> dict[str, Any]:
    """Return a MoneyBag; shop's and shopper's currency are the same here."""
    one = money(amount, currency)
    return {"shopMoney": one, "presentmentMoney": one}


def address(kept: dict[str, Any] | None, owner: int) -> dict[str, Any] | None:
    """Return a MailingAddress; one without an id of its own takes its owner's."""
    if not kept:
        return None
    name = " ".join(part for part in (kept.get("first_name"), kept.get("last_name")) if part)
    town = " ".join(part for part in (kept.get("city"), kept.get("province_code"), kept.get("zip")) if part)
    lines = [kept.get("address1"), kept.get("address2"), town, kept.get("country")]
    return {
        "id": f"gid://shopify/MailingAddress/{kept.get('id') or owner}?model_name=Address",
        "firstName": kept.get("first_name"),
        "lastName": kept.get("last_name"),
        "name": name or None,
        "company": kept.get("company"),
        "address1": kept.get("address1"),
        "address2": kept.get("address2"),
        "city": kept.get("city"),
        "province": kept.get("province"),
        "provinceCode": kept.get("province_code"),
        "zip": kept.get("zip"),
        "country": kept.get("country"),
        "countryCodeV2": kept.get("country_code"),
        "phone": kept.get("phone"),
        "lines": [line for line in lines if line],
    }
