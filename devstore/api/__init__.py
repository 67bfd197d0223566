"""Doors for scripts: JSON in, JSON out, errors that name the field."""

from flask import Blueprint, Response, jsonify

from devstore.world.refused import Refused

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.errorhandler(Refused)
def refused(fault: Refused) -> tuple[Response, int]:
    """Answer 422 with the field and the reason."""
    return jsonify(error={"code": "invalid", "field": fault.field, "message": fault.message}), 422


# Each module hangs its routes on the blueprint.
from devstore.api import bulk, customers, data_access, faults, machinery, orders, parcels, products, returns  # noqa: E402, F401
