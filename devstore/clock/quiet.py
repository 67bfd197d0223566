"""Ask whether everybody is done, and when somebody next has something to do: the app, carriers, shoppers."""

import http.client
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from devstore.clock.now import store_now
from devstore.config import settings
from devstore.shoppers import run as shoppers
from devstore.state.engine import unit_of_work
from devstore.state.models import WebhookDelivery
from devstore.world import planned
from devstore.world.refused import Refused

LONGEST_LEAP_HOURS = 6
HOUR = timedelta(hours=1)
# What the app's /readyz counts, and how to say one of it and several.
APP_WORK = (
    ("inbox_received", "webhook to apply", "webhooks to apply"),
    ("follow_ups_due", "message to decide", "messages to decide"),
    ("runs_due", "run of a flow to look at", "runs of flows to look at"),
    ("calls_due", "call to make", "calls to make"),
)


def unfinished(offset: int) -> str:
    """Say what is still to be done at this offset (seconds), or nothing."""
    with unit_of_work(announce=False) as session:
        untried = select(func.count()).where(
            WebhookDelivery.state == "waiting",
            WebhookDelivery.attempts == 0,
            WebhookDelivery.due_store <= store_now(session),
        )
        counts = (
            (planned.count_due(session), "scan by a carrier", "scans by carriers"),
            (session.scalar(untried) or 0, "webhook to deliver", "webhooks to deliver"),
            (
                shoppers.count_due(session) if settings().shoppers else 0,
                "shopper at their mail",
                "shoppers at their mail",
            ),
        )
    for count, one, several in counts:
        if count:
            return count_of(count, one, several)
    ready = ask_ready()
    if ready is None:
        return "the app to answer"
    if ready.get("clock_offset_s") != offset:
        return "the app's clock"
    return next((count_of(ready[key], one, several) for key, one, several in APP_WORK if ready.get(key)), "")


def count_of(count: int, one: str, several: str) -> str:
    """Write a count with its noun: `1 webhook`, `2 webhooks`."""
    return f"{count} {one if count == 1 else several}"


def idle_hours() -> int:
    """Return how many whole hours nobody has anything planned for: one to six, one when the app does not say."""
    ready = ask_ready()
    if ready is None or "next_due_at" not in ready:
        return 1
    with unit_of_work(announce=False) as session:
        now = store_now(session)
        untried = select(func.min(WebhookDelivery.due_store)).where(WebhookDelivery.state == "waiting")
        moments = [
            planned.next_moment(session),
            session.scalar(untried),
            shoppers.next_moment(session) if settings().shoppers else None,
            _moment(ready["next_due_at"]),
        ]
    gaps = [(moment - now) // HOUR for moment in moments if moment is not None]
    return max(1, min(LONGEST_LEAP_HOURS, *gaps)) if gaps else LONGEST_LEAP_HOURS


def hours_to_next_due() -> float:
    """Return the hours until the app's next due moment, an hour at least. Raises Refused when it has none."""
    ready = ask_ready()
    if ready is None:
        raise Refused("to_next_due", "The app does not answer, so nobody knows what is due next.")
    due = _moment(ready.get("next_due_at"))
    if due is None:
        raise Refused("to_next_due", "Nothing is planned.")
    with unit_of_work(announce=False) as session:
        ahead = due - store_now(session) + timedelta(seconds=1)
    return max(1.0, ahead / HOUR)


def ask_ready(path: str = "/readyz", seconds: float = 5) -> dict[str, Any] | None:
    """Return the app's /readyz or what lies below it, or None when it does not answer with one in time."""
    parts = urlsplit(settings().app_url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path.rstrip("/") + path)
        found = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
