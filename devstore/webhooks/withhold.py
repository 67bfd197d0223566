"""Leave out of a body what Shopify has not approved the app to see, as its webhooks do: null, with nothing said."""

from typing import Any

PROTECTED = frozenset(
    (
        *(
            "email",
            "email_address",
            "contact_email",
            "phone",
            "first_name",
            "last_name",
            "order_status_url",
            "browser_ip",
        ),
        *("address1", "address2", "zip", "company", "latitude", "longitude"),
    )
)
OUR_OWN = frozenset({"origin_address", "origin_location"})  # where the shop sends from is nobody's personal data
ABOUT_CUSTOMERS = ("orders/", "fulfillments/", "fulfillment_events/", "refunds/", "returns/", "customers")
APPROVED, NONE = 2, 0


def withheld(topic: str, payload: dict[str, Any], level: int) -> dict[str, Any] | None:
    """Return the body an app of this level gets, None where it hears nothing of the topic.

    `level`: 0 nothing about customers, 1 without name, address, phone and e-mail, 2 all. The compliance topics name
    the person to every app.
    """
    if level >= APPROVED or not topic.startswith(ABOUT_CUSTOMERS) or topic.endswith(("/redact", "/data_request")):
        return payload
    return None if level == NONE else _without(payload)


def _without(part: dict[str, Any]) -> dict[str, Any]:
    is_person = "last_name" in part
    return {
        key: None if key in PROTECTED or (is_person and key == "name") else _deeper(key, value)
        for key, value in part.items()
    }


def _deeper(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return value if key in OUR_OWN else _without(value)
    if isinstance(value, list):
        return [_without(one) if isinstance(one, dict) else one for one in value]
    return value
