"""What time does to bulk operations, by script."""

import secrets

from flask import Response, jsonify
from sqlalchemy import select

from devstore.api import blueprint
from devstore.platform.bulk.tables import BulkOperation
from devstore.state.engine import unit_of_work


@blueprint.post("/bulk/expire-addresses")
def expire_addresses() -> Response:
    """Let every address given out so far go out of use; asking for the operation again gives another."""
    with unit_of_work() as session:
        rows = session.scalars(select(BulkOperation)).all()
        for row in rows:
            row.url_key = secrets.token_urlsafe(16)
    return jsonify(expired=len(rows))
