"""Doors for scripts: JSON in, JSON out, errors that name the field."""

from flask import Blueprint, Response, jsonify

from devstore.world.refused import Refused

blueprint = Blueprint("api", __name__, url_prefix="/api")


@blueprint.errorhandler(Refused)
def refused(fault: Refused) -> tuple[Response, int]:
    """Answer 422 with the field and the reason."""
    return jsonify(error={"code": "invalid", "field": fault.field, "message": fault.message}), 422


# Each module hangs its routes on the blueprint.
from devstore.api import (  # noqa: E402
    bulk,  # noqa: F401
    collections,  # noqa: F401
    customers,  # noqa: F401
    data_access,  # noqa: F401
    faults,  # noqa: F401
    machinery,  # noqa: F401
    orders,  # noqa: F401
    parcels,  # noqa: F401
    products,  # noqa: F401
    returns,  # noqa: F401
)
