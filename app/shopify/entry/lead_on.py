"""Lead from one page in the admin to another with what Shopify put into the address."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Response, make_response, redirect, request

FROM_SHOPIFY: Final = ("embedded", "host", "id_token", "locale", "shop")


def lead_on(path: str) -> Response:
    """Return the redirect to `path`, which has no query.

    A browser that loads a frame sends no header of ours: who is there stands in the address alone, and so does the shop
    whose admin may frame what it leads to.
    """
    told = [(name, value) for name in FROM_SHOPIFY for value in request.args.getlist(name)]
    answer = make_response(redirect(f"{path}?{urlencode(told)}" if told else path))
    answer.headers["Cache-Control"] = "no-store"  # the token is in it
    return answer
