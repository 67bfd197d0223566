"""A Liquid that is to a theme app extension what Shopify's is: no autoescape, its filters, nil is blank."""

from __future__ import annotations

import html
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from liquid import Environment, FileSystemLoader
from liquid.builtin.expressions import logical
from liquid.builtin.expressions.primitive import Blank
from liquid.filter import with_context
from liquid.undefined import is_undefined

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
DATE_FORMATS = {"date": "long", "abbreviated_date": "medium", "basic": "short", "default": "long", "on_date": "long"}

_published_eq = logical._eq  # noqa: SLF001 - the one comparison every condition goes through


def _shopify_eq(left: object, right: object) -> bool:
    """Compare as Shopify does, where nil, false and what is not there are blank."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Blank) and (other is None or other is False or is_undefined(other)):
            return True
    return _published_eq(left, right)


logical._eq = _shopify_eq  # noqa: SLF001


def theme_environment(extension: Path) -> Environment:
    """Return an environment that renders the extension's snippets and knows the filters its blocks may use."""
    env = Environment(autoescape=False, loader=FileSystemLoader(extension / "snippets", ext=".liquid"))
    env.filters.update(
        {
            "t": translate,
            "json": to_json,
            "money": money,
            "asset_url": asset_url,
            "image_url": image_url,
            "time_tag": time_tag,
        }
    )
    return env


@with_context
def translate(key: object, *, context: Any, count: object = None, **values: object) -> str:
    """Look up a storefront string, choose its plural form by `count`, fill it in.

    Escaped as Shopify does, unless the key ends with ``_html``; a missing key says so in the page.
    """
    found: Any = context.resolve("translations")
    for part in str(key).split("."):
        found = found.get(part) if isinstance(found, dict) else None
    locale = Locale.parse(str(context.resolve("locale")), sep="-")
    if isinstance(found, dict):
        number = abs(Decimal(str(count if count is not None else 0)))
        found = found.get(locale.plural_form(number), found.get("other"))
    if not isinstance(found, str):
        return f"Translation missing: {locale}.{key}"
    if count is not None:
        values["count"] = count
    text = PLACEHOLDER.sub(lambda match: str(values.get(match[1], "")), found)
    return text if str(key).endswith("_html") else html.escape(text, quote=False)


def to_json(value: object) -> str:
    """Write JSON as Shopify's filter does, with ``/`` escaped."""
    plain = None if is_undefined(value) else value
    return json.dumps(plain, default=str, ensure_ascii=False).replace("/", "\\/")


@with_context
def money(cents: object, *, context: Any) -> str:
    """Write an amount in hundredths in the shop's currency and the visitor's language."""
    shop = context.resolve("shop")
    amount = Decimal(str(cents)) / 100
    return str(format_currency(amount, shop["currency"], locale=str(context.resolve("locale")).replace("-", "_")))


def asset_url(name: object) -> str:
    """Return where the dev store serves a file of the extension's assets."""
    return f"/store/-/extension/{name}"


def image_url(source: object, **_: object) -> str:
    """Return the address of a drawing; they are vectors, so every width is the same file."""
    return "" if is_undefined(source) or source is None else str(source)


@with_context
def time_tag(value: object, *, context: Any, format: str = "date") -> str:  # noqa: A002 - Shopify's name for it
    """Write a ``<time>`` element with a date in the visitor's language; what is no date stays as it is."""
    try:
        day = date.fromisoformat(str(value)[:10]) if not isinstance(value, datetime) else value.date()
    except ValueError:
        return str(value)
    locale = str(context.resolve("locale")).replace("-", "_")
    words = format_date(day, DATE_FORMATS.get(format, "long"), locale=locale)
    return f'<time datetime="{day.isoformat()}">{html.escape(words)}</time>'
