"""Ask for everything at once: a bulk operation, and its lines read one by one from any byte on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import httpx

from app.shopify import documents
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.admin_faults import AdminFault, Unreachable
from app.shopify.payloads.fields import Fields

LONGEST_LINE = 2_000_000  # bytes; an order's own line is some kilobytes


class BulkStatus(StrEnum):
    """Say how far an operation is; Shopify's words, and what an unknown one counts as."""

    CREATED = "created"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELING = "canceling"
    CANCELED = "canceled"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BulkLook:
    """What an operation says of itself. `url` is None until it has completed, and where it found nothing."""

    status: BulkStatus
    roots: int
    objects: int
    url: str | None
    error: str | None


class AddressExpired(AdminFault):
    """Say that the address of the lines is no longer good: ask the operation for another."""


def run_orders(client: AdminClient, since: datetime, until: datetime | None = None) -> int:
    """Begin an operation over the orders created since an instant (and before another); return its id.

    Raises UserErrors when it may not.
    """
    text = documents.text("bulk_orders").replace('query: "since"', f'query: "{created(since, until)}"')
    payload = Fields(client.change("bulk_run", query=text))
    return payload.child("bulkOperation").identifier("id")


def count_orders(client: AdminClient, since: datetime, until: datetime | None = None) -> int:
    """Return how many orders were created since an instant (and before another), as far as the shop lets us see."""
    reply = client.ask("orders_count", query=created(since, until))
    return Fields(reply.data).inner("ordersCount").maybe_count("count") or 0


def look(client: AdminClient, operation: int) -> BulkLook | None:
    """Return how far an operation is, None where the shop knows none of that id."""
    reply = client.ask("bulk_look", id=f"gid://shopify/BulkOperation/{operation}")
    told = Fields(reply.data).maybe_child("bulkOperation")
    if told is None:
        return None
    return BulkLook(
        status=told.choice("status", BulkStatus, BulkStatus.UNKNOWN),
        roots=int(told.maybe_text("rootObjectCount") or 0),
        objects=int(told.maybe_text("objectCount") or 0),
        url=told.maybe_text("url"),
        error=told.maybe_text("errorCode"),
    )


def lines(http: httpx.Client, url: str, start: int) -> Iterator[tuple[bytes, int]]:
    """Yield each line from byte `start` (where a line begins) with the byte after it; memory holds one line.

    Raises AddressExpired, or Unreachable when the connection ends early: what was yielded stands, go on from there.
    """
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        with http.stream("GET", url, headers=headers) as answer:
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return
            if answer.status_code in {httpx.codes.BAD_REQUEST, 401, 403, 404, 410}:
                raise AddressExpired(f"HTTP {answer.status_code}")
            if answer.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
                raise Unreachable(f"HTTP {answer.status_code}")
            skip = start if answer.status_code == httpx.codes.OK else 0
            yield from _cut(answer.iter_bytes(), start, skip)
    except httpx.RequestError as fault:
        raise Unreachable(type(fault).__name__) from None


def _cut(pieces: Iterator[bytes], start: int, skip: int) -> Iterator[tuple[bytes, int]]:
    rest, at = b"", start
    for piece in pieces:
        if skip >= len(piece):
            skip -= len(piece)
            continue
        rest, skip = rest + piece[skip:], 0
        *whole, rest = rest.split(b"\n")
        for line in whole:
            at += len(line) + 1
            if line:
                yield line, at
        if len(rest) > LONGEST_LINE:
            raise Unreachable("a line without an end")
    if rest.strip():
        yield rest, at + len(rest)


def created(since: datetime, until: datetime | None) -> str:
    """Return the search for what was created since an instant, and before another where there is one."""
    ends = ((">=", since), ("<", until))
    return " ".join(
        f"created_at:{sign}'{at.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}'" for sign, at in ends if at is not None
    )
