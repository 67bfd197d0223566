"""Follow the simulated store's clock: the only way business time can differ from real time."""

from __future__ import annotations

from functools import cache

import httpx
import structlog
from sqlalchemy import update

from app.kit.clock import ClockOffset
from app.kit.runtime import Runtime
from app.kit.tls import authorities
from app.kit.work import unit_of_work

TIMEOUT_S = 0.5

log = structlog.get_logger()


def follow(runtime: Runtime) -> None:
    """Copy the gateway's offset into its row when it moved; nothing happens without a gateway."""
    gateway = runtime.config.gateway_url
    if gateway is None:
        return
    try:
        told = _client().get(f"{gateway}/api/clock").raise_for_status().json()
        offset_s = int(told["offset_seconds"])
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as fault:
        log.warning("gateway_clock_unreadable", fault=type(fault).__name__)
        return
    with unit_of_work(runtime) as session:
        session.execute(
            update(ClockOffset).where(ClockOffset.id == 1, ClockOffset.offset_s != offset_s).values(offset_s=offset_s),
        )


@cache
def _client() -> httpx.Client:
    """Return this process's one client: making one reads every certificate of the machine, 50 ms each time."""
    return httpx.Client(verify=authorities(), timeout=TIMEOUT_S, trust_env=False)
