"""The shop's own bodies."""

from typing import Any

from devstore.state.models import Shop
from devstore.webhooks.payloads.values import when


def shop_payload(shop: Shop) -> dict[str, Any]:
    """Return the body of shop/update and app/uninstalled."""
    symbol = {"GBP": "£", "USD": "$", "EUR": "€", "JPY": "¥"}.get(shop.currency, "")
    plain, long = f"{symbol}{{{{amount}}}}", f"{symbol}{{{{amount}}}} {shop.currency}"
    return {
        "id": shop.id,
        "name": shop.name,
        "email": shop.email,
        "domain": shop.domain,
        "province": shop.province,
        "country": shop.country_code,
        "address1": shop.address1,
        "zip": shop.zip,
        "city": shop.city,
        "source": None,
        "phone": shop.phone or "",
        "latitude": None,
        "longitude": None,
        "primary_locale": shop.locale,
        "address2": None,
        "created_at": when(shop.created_at, shop),
        "updated_at": when(shop.updated_at, shop),
        "country_code": shop.country_code,
        "country_name": shop.country,
        "currency": shop.currency,
        "customer_email": shop.contact_email,
        "timezone": f"(GMT+00:00) {shop.iana_timezone}",
        "iana_timezone": shop.iana_timezone,
        "shop_owner": shop.owner,
        "money_format": plain,
        "money_with_currency_format": long,
        "weight_unit": "kg",
        "province_code": shop.province_code,
        "taxes_included": True,
        "auto_configure_tax_inclusivity": None,
        "tax_shipping": None,
        "county_taxes": None,
        "plan_display_name": "Developer Preview",
        "plan_name": "partner_test",
        "has_discounts": False,
        "has_gift_cards": True,
        "myshopify_domain": shop.domain,
        "google_apps_domain": None,
        "google_apps_login_enabled": None,
        "money_in_emails_format": plain,
        "money_with_currency_in_emails_format": long,
        "eligible_for_payments": True,
        "requires_extra_payments_agreement": False,
        "password_enabled": False,
        "has_storefront": True,
        "finances": True,
        "primary_location_id": shop.id + 1,
        "checkout_api_supported": True,
        "multi_location_enabled": True,
        "setup_required": False,
        "pre_launch_enabled": False,
        "enabled_presentment_currencies": [shop.currency],
        "marketing_sms_consent_enabled_at_checkout": False,
        "transactional_sms_disabled": False,
    }


def shop_redact_body(shop: Shop) -> dict[str, Any]:
    """Return the body of shop/redact, sent 48 hours after an uninstall."""
    return {"shop_id": shop.id, "shop_domain": shop.domain}
