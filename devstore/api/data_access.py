"""Which customer data Shopify has approved the app for, by script."""

from flask import Response, jsonify

from devstore.api import blueprint
from devstore.api.read import body, only, whole_number
from devstore.platform.install import approve, approved_level
from devstore.state.engine import unit_of_work
from devstore.world.find import find_shop
from devstore.world.refused import Refused


@blueprint.get("/shops/<handle>/data-access")
def get_data_access(handle: str) -> Response:
    """Show the level: 0 nothing about customers, 1 without name, address, phone and e-mail, 2 all."""
    with unit_of_work(announce=False) as session:
        return jsonify(level=approved_level(session, find_shop(session, handle)))


@blueprint.post("/shops/<handle>/data-access")
def post_data_access(handle: str) -> Response:
    """Set the `level`, also before the app is installed. No webhook tells the app, as none does at Shopify."""
    given = body()
    only(given, "level")
    level = whole_number(given, "level")
    if level not in {0, 1, 2}:
        raise Refused("level", "level must be 0, 1 or 2.")
    with unit_of_work() as session:
        approve(session, find_shop(session, handle), level)
    return jsonify(level=level)
