"""Collect the platform's doors: tokens and the Admin API."""

from flask import Blueprint

from devstore.platform import oauth_routes
from devstore.platform.admin_api import route
from devstore.platform.bulk import route as bulk

blueprint = Blueprint("platform", __name__)
blueprint.register_blueprint(oauth_routes.blueprint)
blueprint.register_blueprint(route.blueprint)
blueprint.register_blueprint(bulk.blueprint)
