"""Send what is due: shop by shop, batch by batch, each message decided at the last moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.channels.base import PhasedTransport
from app.flows.sending.circuit import watch_all
from app.flows.sending.claim import BATCH, SHOP_LEASE, claim_batch, give_back, lease_shops, release_shop
from app.flows.sending.decide_due import decide_due
from app.flows.sending.steer import STEERING
from app.kit import fault
from app.kit.runtime import Runtime
from app.messages.mail import presets
from app.messages.outbox import Prepared, seal, send_group
from app.messages.way_out import WayOut

# Bodies brought to their final dot before one transaction hands them all off. Receivers answer slowly and take many
# connections; one that takes fewer refuses the others, whose messages come due again, and they are not used further.
CONNECTIONS = 32
FIRST_BATCH = CONNECTIONS  # the sooner the first are decided, the sooner there is something to bring along meanwhile
LOOK_AFTER = 500  # rows taken: what many shops plan wrongly at once leaves no faster than that unseen
LONGEST_S = 20.0  # a job ends by then; the next ring goes on
# How long whoever writes the next mails keeps the interpreter from whoever brings these along, who lets go of it at
# each word said: of five milliseconds, Python's own choice, a group waited for far more than for its receivers.
TURN_S = 0.0005


log = structlog.get_logger()


def make_ready() -> None:
    """Do once what every job of this process would else do again."""
    sys.setswitchinterval(TURN_S)
    presets.compile_all()


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold what came of one batch: how many rows were taken, and the messages to hand over, by the group."""

    taken: int
    groups: Sequence[Future[list[Prepared]]] = ()
    was_full: bool = False


def drain(runtime: Runtime) -> int:
    """Serve every shop with due follow-ups; return how many rows were taken. Ends when a round claims nothing."""
    ends_at = time.monotonic() + LONGEST_S
    taken = looked = 0
    with _way_out(runtime) as way_out:
        while time.monotonic() < ends_at:
            shops = lease_shops(runtime)
            if shops:
                fault.point("C1")
            served = _serve_each(runtime, shops, way_out, ends_at)
            taken += served
            if not served:
                break
            if taken - looked >= LOOK_AFTER:
                watch_all(runtime)
                looked = taken
    return taken


def _serve_each(runtime: Runtime, shops: Sequence[int], way_out: WayOut, ends_at: float) -> int:
    """Serve shops in turn; where one fails the others are given back, and come before it at the next ring."""
    served, leased_at = 0, time.monotonic()
    for place, shop_id in enumerate(shops):
        try:
            served += _serve(runtime, shop_id, way_out, ends_at)
        except Exception:
            log.error("shop_failed", doer="drain", shop_id=shop_id)
            if time.monotonic() - leased_at < SHOP_LEASE.total_seconds() / 2:  # they are surely ours still
                with suppress(SQLAlchemyError):  # a database that is away: the leases end by themselves
                    give_back(runtime, shops[place + 1 :])
            raise
    return served


@contextmanager
def _way_out(runtime: Runtime) -> Iterator[WayOut]:
    """Yield connections, opened at their first message and kept for all of this drain's."""
    connections: list[PhasedTransport] = [runtime.parts["transport"]() for _ in range(CONNECTIONS)]
    # In the first also the batch decided ahead and the outcomes kept.
    with ThreadPoolExecutor(CONNECTIONS + 2) as pool, ThreadPoolExecutor(1) as signer:
        try:
            yield WayOut(connections, pool, signer)
        finally:
            for connection in connections:  # also those given up
                connection.close()


def _serve(runtime: Runtime, shop_id: int, way_out: WayOut, ends_at: float) -> int:
    """Send what is due in one shop; the next batch is decided and written while this one is on its way."""
    taken = 0
    ahead = way_out.pool.submit(_next_batch, runtime, shop_id, way_out, FIRST_BATCH)
    try:
        while (batch := ahead.result()).taken:
            taken += batch.taken
            # A batch that was not full left nothing due behind: what comes due meanwhile waits for the next round.
            goes_on = batch.was_full and time.monotonic() < ends_at
            if goes_on:
                ahead = way_out.pool.submit(_next_batch, runtime, shop_id, way_out, BATCH)
            for group in batch.groups:
                waiting = group.result()
                while waiting:
                    width = len(way_out.connections)
                    send_group(runtime, shop_id, waiting[:width], way_out, STEERING)
                    waiting = waiting[width:]
            if not goes_on:
                break
        way_out.settle()
    finally:
        wait([ahead])
        release_shop(runtime, shop_id)
    return taken


def _next_batch(runtime: Runtime, shop_id: int, way_out: WayOut, most: int) -> Batch:
    claimed = claim_batch(runtime, shop_id, most)
    prepared = decide_due(runtime, shop_id, claimed) if claimed else []
    groups = [prepared[start : start + CONNECTIONS] for start in range(0, len(prepared), CONNECTIONS)]
    transport = way_out.connections[0]
    return Batch(
        len(claimed), [way_out.signer.submit(seal, group, transport) for group in groups], len(claimed) == most
    )
