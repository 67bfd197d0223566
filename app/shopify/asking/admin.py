"""Ask the Admin API: one shop and one token per client, every fault by its own type, waiting only where allowed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.shopify import documents
from app.shopify.asking.admin_faults import (
    AccessDenied,
    Rejected,
    ShopClosed,
    Throttled,
    TokenRefused,
    Unreachable,
    UserError,
    UserErrors,
)
from app.shopify.asking.budget import Meter
from app.shopify.asking.gateway import Busy
from app.shopify.asking.pace import Pace
from app.shopify.payloads import PayloadError, parse_body
from app.shopify.payloads.fields import Fields
from app.shopify.payloads.strict_json import REPLY_MAX_BYTES

API_VERSION = "2026-10"
SHORTEST_WAIT_S = 0.5  # asking again at once would only be refused again
WORKER_PATIENCE_S = 30.0  # in all, per request: half of what a job may take

CLOSED = {402: "frozen", 404: "not found", 423: "locked"}
PASSING = {"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold what came back. `denied` are the paths Shopify refused for want of a scope or of approved data access.

    `unapproved` says that at least one was refused for want of approval.
    """

    data: dict[str, Any]
    denied: frozenset[Path]
    unapproved: bool = False

    def denied_below(self, *start: str | int) -> frozenset[str]:
        """Return the refused fields under a place in `data`, as dotted names such as "customer.firstName"."""
        depth = len(start)
        return frozenset(
            ".".join(part for part in path[depth:] if isinstance(part, str))
            for path in self.denied
            if path[:depth] == start and len(path) > depth
        )


@dataclass(slots=True)
class AdminClient:
    """Ask one shop's Admin API with one token.

    `patience_s` is how long a single request may wait for rate limits in all: 0 in web requests, WORKER_PATIENCE_S
    in workers.
    """

    http: httpx.Client
    shop_domain: str
    token: str = field(repr=False)
    patience_s: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    meter: Meter | None = None  # told what every answer cost
    pace: Pace | None = None  # of work that others wait behind

    def ask(self, name: str, **variables: Any) -> Reply:
        """Run the document `name`; return its data, also when parts of it were refused. Raise an AdminFault."""
        waited = 0.0
        while True:
            try:
                return self._once(name, variables)
            except Throttled as fault:
                wait = max(fault.retry_after_s, SHORTEST_WAIT_S)
                if self.pace is not None or waited + wait > self.patience_s:
                    raise
                self.sleep(wait)
                waited += wait

    def change(self, name: str, **variables: Any) -> dict[str, Any]:
        """Run the mutation `name`; return its payload. Raise UserErrors for what Shopify would not do."""
        reply = self.ask(name, **variables)
        payload = next(iter(reply.data.values()), None)
        if not isinstance(payload, dict):
            denied = AccessDenied(name, unapproved=reply.unapproved)
            raise denied if reply.denied else Unreachable("a mutation without an answer")
        errors = tuple(_user_error(entry) for entry in Fields(payload).children("userErrors"))
        if errors:
            raise UserErrors(name, errors)
        return payload

    def _once(self, name: str, variables: dict[str, Any]) -> Reply:
        began = time.monotonic()
        try:
            answer = self.http.post(
                f"https://{self.shop_domain}/admin/api/{API_VERSION}/graphql.json",
                json={"query": documents.text(name), "variables": variables},
                headers={"X-Shopify-Access-Token": self.token},
                timeout=httpx.USE_CLIENT_DEFAULT if self.pace is None else self.pace.answer_s,
            )
        except Busy as fault:
            raise Throttled(fault.retry_after_s) from None
        except httpx.RequestError as fault:
            raise Unreachable(type(fault).__name__) from None
        finally:
            if self.pace is not None:
                self.pace.asked_s += time.monotonic() - began
        _refuse_status(answer.status_code)
        try:
            told = Fields(parse_body(answer.content, REPLY_MAX_BYTES))
            if self.meter is not None:
                _note_cost(self.meter, told)
            return _reply(name, told)
        except PayloadError as fault:
            raise Unreachable(f"unusable answer: {fault}") from None


def _note_cost(meter: Meter, told: Fields) -> None:
    cost = told.inner("extensions").inner("cost")
    rate = cost.inner("throttleStatus").maybe_amount("restoreRate")
    meter.note(float(cost.maybe_amount("actualQueryCost") or 0), float(rate or 0))


def _refuse_status(status: int) -> None:
    if status == httpx.codes.OK:
        return
    if status == httpx.codes.UNAUTHORIZED:
        raise TokenRefused("Shopify does not accept the token")
    if status == httpx.codes.FORBIDDEN:
        raise AccessDenied("HTTP 403")
    if status in CLOSED:
        raise ShopClosed(CLOSED[status])
    if status in {httpx.codes.BAD_REQUEST, httpx.codes.NOT_ACCEPTABLE, httpx.codes.UNPROCESSABLE_ENTITY}:
        raise Rejected(f"HTTP {status}")
    raise Unreachable(f"HTTP {status}")


def _reply(name: str, told: Fields) -> Reply:
    errors = told.children("errors")
    faults = [(_code(error), _path(error)) for error in errors]
    codes = {code for code, _ in faults}
    if "THROTTLED" in codes:
        raise Throttled(_wait_s(told))
    if codes & PASSING:
        raise Unreachable(", ".join(sorted(codes)))
    denied = frozenset(path for code, path in faults if code == "ACCESS_DENIED")
    unapproved = any(_is_unapproved(error) for error in errors)
    data = told.plain("data")
    if data is None or (faults and not any(value is not None for value in data.values())):
        if denied:
            raise AccessDenied(name, unapproved=unapproved)
        raise Rejected(f"{name}: {', '.join(sorted(codes)) or 'no data'}")
    if codes - {"ACCESS_DENIED"}:
        raise Rejected(f"{name}: {', '.join(sorted(codes))}")
    return Reply(data=data, denied=denied, unapproved=unapproved)


def _code(error: Fields) -> str:
    return error.inner("extensions").maybe_text("code") or "UNKNOWN"


def _is_unapproved(error: Fields) -> bool:
    """Tell a refusal of protected customer data from one for a missing scope, which names the scope it wants."""
    return _code(error) == "ACCESS_DENIED" and not error.inner("extensions").has("requiredAccess")


def _path(error: Fields) -> Path:
    return tuple(part for part in error.loose_list("path") if isinstance(part, str | int))


def _wait_s(told: Fields) -> float:
    """Return how long until the bucket holds what the request asked for, in seconds."""
    cost = told.inner("extensions").inner("cost")
    status = cost.inner("throttleStatus")
    asked, there, rate = (
        float(holder.maybe_amount(name) or 0)
        for holder, name in ((cost, "requestedQueryCost"), (status, "currentlyAvailable"), (status, "restoreRate"))
    )
    return max(0.0, asked - there) / rate if rate > 0 else 1.0


def _user_error(entry: Fields) -> UserError:
    return UserError(
        field=tuple(part for part in entry.loose_list("field") if isinstance(part, str)),
        code=entry.maybe_text("code") or "UNKNOWN",
        message=entry.loose_text("message"),
    )
