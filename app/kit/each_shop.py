"""Do the same for one shop after the other: what goes wrong in one keeps none of the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog

Done = TypeVar("Done")

log = structlog.get_logger()


def each_shop(doer: str, shops: Iterable[int], do: Callable[[int], Done]) -> list[Done]:
    """Return what came of each shop that came to its end; a failure is logged, and left to the next time.

    `doer` is what the log calls the work.
    """
    done = []
    for shop_id in shops:
        try:
            done.append(do(shop_id))
        except Exception as failure:
            log.error("shop_failed", doer=doer, shop_id=shop_id, exc_info=failure)
    return done
