"""Put the dev store's parts together."""

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from devstore import admin, api, cdn, mail, seed, storefront
from devstore.platform import routes as platform


def create_app() -> Flask:
    """Return the web application; it opens no connection until the first request."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    for part in (admin, api, mail, seed, platform, cdn, storefront):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(OperationalError, _database_away)
    return app


def _database_away(_: OperationalError) -> ResponseReturnValue:
    return jsonify(error={"code": "unavailable", "message": "The dev store's database does not answer."}), 503
