"""Ids in addresses: what no table can hold is nobody's, not a fault of the database."""

from __future__ import annotations

from typing import Final

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST: Final = 2**63 - 1  # a bigint's


class RowId(IntegerConverter):
    """Match the ids a row can have."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug's name
        """Bound it."""
        super().__init__(map, max=LARGEST)


def register(app: Flask) -> None:
    """Make every `<int:…>` of the app's addresses such an id."""
    app.url_map.converters["int"] = RowId
