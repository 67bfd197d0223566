"""Serve the stand-ins under /cdn, to any origin, as Shopify's CDN does."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from flask import Blueprint, Response, abort, request

from devstore.cdn.bundle import FONT_FILES, bridge_script, font_file, polaris_script, polaris_styles

blueprint = Blueprint("cdn", __name__, url_prefix="/cdn")


def modules() -> Path:
    """Return the folder of the installed npm packages; KeyError without DEVSTORE_APP_FOLDER."""
    return Path(os.environ["DEVSTORE_APP_FOLDER"]) / "node_modules"


@blueprint.get("/app-bridge.js")
def app_bridge() -> Response:
    """Serve the App Bridge stand-in."""
    return _file(bridge_script().encode(), "text/javascript")


@blueprint.get("/polaris.js")
def polaris() -> Response:
    """Serve the Polaris elements; the script brings its own style sheet, as Shopify's does."""
    return _file(polaris_script(modules()).encode(), "text/javascript")


@blueprint.get("/polaris.css")
def polaris_css() -> Response:
    """Serve the elements' style."""
    return _file(polaris_styles(modules()).encode(), "text/css")


@blueprint.get("/inter-<subset>.woff2")
def inter(subset: str) -> Response:
    """Serve a subset of the admin's typeface."""
    if subset not in FONT_FILES:
        abort(404)
    return _file(font_file(modules(), subset).read_bytes(), "font/woff2")


def _file(body: bytes, mimetype: str) -> Response:
    """Answer with an ETag and a short life: an edited file shows at the next load."""
    response = Response(body, mimetype=mimetype)
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request)
    return response
