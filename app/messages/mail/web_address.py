"""Say which addresses a mail may lead to, and how one is spelled where a browser is sent to it. Pure."""

from __future__ import annotations

import re
from typing import Final

from werkzeug.urls import iri_to_uri

WEB_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
IN_PATH: Final = r"[A-Za-z0-9\-._~%!$&'()*+,/:;=@]"
# Most addresses are spelled as they should be; taking one apart and putting it together takes fifteen times as long.
SPELLED: Final = re.compile(
    rf"https?://[a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}})+(?:/{IN_PATH}*(?:\?(?:{IN_PATH}|\?)+)?)?"
)


def spelled(address: str) -> str | None:
    """Return an http or https address as ASCII, for a Location header; None for one no browser could go to."""
    if SPELLED.fullmatch(address):
        return address
    if not WEB_ADDRESS.fullmatch(address):
        return None
    try:
        return iri_to_uri(address)
    except ValueError:  # a host no name can be, a port there is not
        return None
