"""Read shopify.app.toml, and say what the command-line tool leaves unsaid about it."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

COMPLIANCE = frozenset({"customers/data_request", "customers/redact", "shop/redact"})

# Every scope this app may ever ask for; a scope that is not here is a misspelling or a decision not yet made.
SCOPES = frozenset(
    [
        "read_orders",
        "read_fulfillments",
        "read_customers",
        "read_products",
        "read_returns",
        "read_customer_merge",
        "write_products",
        "write_discounts",
        "write_customers",
        "read_all_orders",
    ]
)

# Tables and keys the platform reads. The tool drops others without a word. "*" stands for any name.
KEYS = {
    "": "client_id name handle application_url embedded extension_directories build access_scopes auth webhooks"
    " app_proxy app_preferences pos product metaobjects",
    "build": "automatically_update_urls_on_dev dev_store_url",
    "access_scopes": "scopes optional_scopes use_legacy_install_flow required_scopes",
    "auth": "redirect_urls",
    "webhooks": "api_version subscriptions",
    "webhooks.subscriptions": "topics compliance_topics uri include_fields filter name",
    "app_proxy": "url subpath prefix",
    "app_preferences": "url",
    "pos": "embedded",
    "product": "metafields",
    "product.metafields": "app",
    "product.metafields.app": "*",
    "product.metafields.app.*": "name description type access validations",
    "product.metafields.app.*.access": "admin storefront customer_account",
    "metaobjects": "app",
    "metaobjects.app": "*",
    "metaobjects.app.*": "name description display_name_field access capabilities fields",
    "metaobjects.app.*.access": "admin storefront",
    "metaobjects.app.*.fields": "*",
    "metaobjects.app.*.fields.*": "name description type required validations",
    "metaobjects.app.*.fields.*.validations": "*",
}

FIELD_TYPES = frozenset(
    [
        "boolean",
        "date",
        "date_time",
        "json",
        "number_decimal",
        "number_integer",
        "rating",
        "single_line_text_field",
        "multi_line_text_field",
        "url",
        "product_reference",
    ]
)


def app_toml():
    """Return the file as read."""
    return tomllib.loads((ROOT / "shopify.app.toml").read_text())


def topics(toml):
    """Return every topic subscribed to, compliance topics included."""
    subscriptions = toml["webhooks"]["subscriptions"]
    return [topic for one in subscriptions for topic in one.get("topics", []) + one.get("compliance_topics", [])]


def unknown_keys(table, path=""):
    """Return the dotted names of keys no platform reads."""
    allowed = KEYS.get(path, "").split()
    found = []
    for key, value in table.items():
        name = f"{path}.{key}".lstrip(".")
        if key not in allowed and "*" not in allowed:
            found.append(name)
            continue
        inner = f"{path}.{'*' if '*' in allowed else key}".lstrip(".")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                found += unknown_keys(item, inner)
    return found


def faults(toml, known_topics):
    """Return what is wrong with the configuration beyond its shape; `known_topics` are Shopify's, as in the header."""
    found = [f"key {key} is not read by the platform" for key in unknown_keys(toml)]
    subscribed = topics(toml)
    found += [f"topic {topic} does not exist" for topic in subscribed if topic not in known_topics | COMPLIANCE]
    found += [f"topic {topic} stands twice" for topic in sorted({t for t in subscribed if subscribed.count(t) > 1})]
    found += [f"compliance topic {topic} is missing" for topic in sorted(COMPLIANCE - set(subscribed))]
    access = toml["access_scopes"]
    asked = [scope.strip() for scope in access["scopes"].split(",")] + access.get("optional_scopes", [])
    found += [f"scope {scope} is not one this app may ask for" for scope in asked if scope not in SCOPES]
    found += [f"scope {scope} stands twice" for scope in sorted({s for s in asked if asked.count(s) > 1})]
    found += [
        f"required scope {scope} writes" for scope in access["scopes"].split(",") if not scope.startswith("read_")
    ]
    for kind, definition in toml.get("metaobjects", {}).get("app", {}).items():
        found += [
            f"metaobject {kind}: field {key} has the unknown type {field['type']}"
            for key, field in definition["fields"].items()
            if field["type"] not in FIELD_TYPES
        ]
    return found
