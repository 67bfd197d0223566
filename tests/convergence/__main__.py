"""Play journeys in a process of their own: `python -m tests.convergence COUNT SEED always|once`; prints JSON."""

import contextlib
import gc
import io
import json
import sys
from dataclasses import asdict

from tests.convergence.run import play
from tests.convergence.shops import SHOP
from tests.convergence.side_by_side import side_by_side
from tests.servers import run_cluster, run_valkey, temporary_folder


def main(count, seed, hearing):
    """Play and return what came of it, as JSON values."""
    with (
        temporary_folder() as folder,
        run_cluster(folder) as cluster,
        run_valkey(folder) as redis_url,
        side_by_side(cluster, redis_url, folder) as both,
    ):
        both.shop_id = both.install(SHOP)
        outcome = play(both, int(count), seed, ask_always=hearing == "always")
    return asdict(outcome) | {"lost": dict(outcome.lost), "faults": outcome.faults}


if __name__ == "__main__":
    gc.set_threshold(50_000, 50, 50)  # a short life with much memory at hand
    with contextlib.redirect_stdout(io.StringIO()):  # the app's log lines go there
        told = main(*sys.argv[1:])
    print(json.dumps(told))
