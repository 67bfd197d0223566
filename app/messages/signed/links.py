"""Signed links in a mail: one purpose, one salt; inside are the shop and a random id, nothing about a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.config import Config
from app.kit import signing


class Purpose(StrEnum):
    """Name what a link is for; the value is its place in the URL."""

    REVIEW = "r"
    BUY_AGAIN = "b"
    SURVEY = "s"
    PREFERENCES = "p"
    UNSUBSCRIBE = "u"
    CLICK = "c"
    OPEN = "o"


@dataclass(frozen=True, slots=True)
class Linked:
    """Say what a genuine link points at: a message's or a tracked link's random id in one shop."""

    shop_id: int
    public_id: str


def url(config: Config, purpose: Purpose, shop_id: int, public_id: str) -> str:
    """Return the absolute URL for `purpose`; an open pixel ends in .gif."""
    return config.app_url + path(config, purpose, shop_id, public_id)


def path(config: Config, purpose: Purpose, shop_id: int, public_id: str) -> str:
    """Return the same without our origin, for links from one of our pages to another."""
    token = signing.sign(config.link_keys, purpose, shop_id, public_id)
    ending = ".gif" if purpose is Purpose.OPEN else ""
    return f"/{purpose}/{token}{ending}"


def read(config: Config, purpose: Purpose, token: str) -> Linked | None:
    """Return what `token` points at, or None when it was not signed by us for `purpose`."""
    found = signing.unsign(config.link_keys, purpose, token)
    return Linked(*found) if found else None
