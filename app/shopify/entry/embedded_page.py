"""Give templates what every page inside the Shopify admin begins with: the app's key, Shopify's scripts, our files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, url_for

from app.config import ROOT
from app.kit import runtime
from app.shopify.urls import ShopifyUrls

STATIC = ROOT / "static"


@dataclass(frozen=True, slots=True)
class EmbeddedPage:
    """Hold the head of a page. Templates read it as `embedded`."""

    api_key: str
    app_bridge: str
    polaris: str


def register(app: Flask) -> None:
    """Make `embedded` and `asset()` known to every template."""
    app.context_processor(_known_to_templates)


def asset(name: str) -> str:
    """Return the address of a file under static/, changing with its content so that browsers may keep it."""
    return url_for("static", filename=name, v=_digest(STATIC / name))


def _known_to_templates() -> dict[str, Any]:
    config = runtime.current().config
    urls = ShopifyUrls(config.gateway_url)
    return {"embedded": EmbeddedPage(config.api_key, urls.app_bridge, urls.polaris), "asset": asset}


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "absent"
