"""Spoil bodies in a process of its own: `python -m tests.fuzz COUNT SEED`; prints JSON."""

import contextlib
import gc
import io
import json
import sys

from tests.convergence.shops import OTHER_SHOP, SHOP
from tests.convergence.side_by_side import side_by_side
from tests.fuzz.webhooks import install_doomed, throw
from tests.servers import run_cluster, run_valkey, temporary_folder


def main(count, seed):
    """Throw and return how it ended, as JSON values."""
    with (
        temporary_folder() as folder,
        run_cluster(folder) as cluster,
        run_valkey(folder) as redis_url,
        side_by_side(cluster, redis_url, folder) as both,
    ):
        both.shop_id, both.other_shop_id = both.install(SHOP), both.install(OTHER_SHOP)
        install_doomed(both)
        ended = throw(both, int(count), seed)
    return {"answers": dict(ended.answers), "states": dict(ended.states), "faults": ended.faults}


if __name__ == "__main__":
    gc.set_threshold(50_000, 50, 50)  # a short life with much memory at hand
    with contextlib.redirect_stdout(io.StringIO()):  # the app's log lines go there
        told = main(*sys.argv[1:])
    print(json.dumps(told))
