"""Serve the product pictures."""

from flask import Blueprint, Response, abort

from devstore.seed.drawings import draw

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/pictures/<name>.svg")
def picture(name: str) -> Response:
    """Serve a drawing; it never changes under its name."""
    drawing = draw(name)
    if drawing is None:
        abort(404)
    return Response(drawing, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
