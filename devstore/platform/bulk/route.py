"""Give out the lines of a finished operation, whole or from a byte on, as a cloud's file store does."""

import re
import zlib
from collections.abc import Iterator

from flask import Blueprint, Response, request

from devstore.platform.bulk.tables import BulkOperation, BulkPart
from devstore.state.engine import unit_of_work

blueprint = Blueprint("platform_bulk", __name__)

RANGE = re.compile(r"bytes=([0-9]{1,15})-")
GIVEN = {"completed", "canceled", "failed"}


@blueprint.get("/bulk/<int:number>-<key>.jsonl")
def lines(number: int, key: str) -> Response:
    """Answer 200 or 206 with the lines, 403 for an address that is no longer good, 416 beyond the end."""
    with unit_of_work(announce=False) as session:
        row = session.get(BulkOperation, number)
        good = row is not None and row.url_key == key and row.status in GIVEN
        size = row.file_size if row is not None else 0
    if not good:
        return Response("<Error><Code>ExpiredToken</Code></Error>", 403, mimetype="application/xml")
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    if asked and start >= size:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Length": str(size - start), "Accept-Ranges": "bytes"}
    if asked:
        headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
    return Response(_from(number, start), 206 if asked else 200, headers, mimetype="application/jsonl")


def _from(number: int, start: int) -> Iterator[bytes]:
    """Yield the bytes from a place on, a part at a time."""
    place, at = 0, 0
    while True:
        with unit_of_work(announce=False) as session:
            part = session.get(BulkPart, (number, place))
            if part is None:
                return
            body = zlib.decompress(part.body) if at + part.size > start else None
        if body is not None:
            yield body[max(0, start - at) :]
        place, at = place + 1, at + part.size
