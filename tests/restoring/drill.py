"""Put a six-hour-old copy back, again and again, in the middle of journeys, and judge what was said by the outside log.

`python -m tests.restoring.drill COUNT SEED DAYS` prints JSON; DAYS lie between two copies. Webhooks come lost, repeated
and shuffled all the while; what the app had acknowledged in the six hours is forgotten with them.
"""

import contextlib
import gc
import io
import json
import sys
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select

from app import wiring
from app.kit import runtime, ticker
from app.messages.models import Message
from app.orders.models import OrderEvent
from tests.convergence.run import STEP, play
from tests.convergence.shops import SHOP
from tests.convergence.side_by_side import BEGINNING, side_by_side
from tests.database import make_config
from tests.servers import run_cluster, run_valkey, temporary_folder

FIRST = timedelta(days=2)


class Backups:
    """Copy the app's database every few days, and put the copy back one step later."""

    def __init__(self, both, cluster, redis_url, every):
        self.every = every
        self.both, self.cluster, self.redis_url = both, cluster, redis_url
        self.copy, self.next_at = None, BEGINNING + FIRST
        self.put_back_times = self.forgotten_mails = self.forgotten_events = 0

    def at(self, now):
        """Do what it is time for."""
        if self.copy is not None:
            self._put_back(now)
        elif now >= self.next_at:
            self._copy()
            self.next_at = now + self.every

    def _copy(self):
        ticker.tick(self.both.wired)
        self.both.wired.engines.dispose()
        name = urlsplit(str(self.both.wired.config.database_url)).path.lstrip("/")
        self.copy = self.cluster.create_database(template=name)

    def _put_back(self, now):
        before = self._counted()
        old = self.both.wired
        old.engines.dispose()
        smtp = str(old.config.smtp_url)
        app = wiring.create_app(make_config(self.copy, self.redis_url, SMTP_URL=smtp))
        here = runtime.current()
        here.parts["flask"], here.parts["http"] = app, old.parts["http"]
        self.both.wired, self.both.app, self.copy = here, app.test_client(), None
        after = self._counted()
        self.forgotten_mails += before[0] - after[0]
        self.forgotten_events += before[1] - after[1]
        self.put_back_times += 1
        self.both.move(now)
        self._go_on()

    def _go_on(self):
        """Do what docs/operations.md says: wait, read every shop again, compare with the log, release."""
        said = len(self.both.sink())
        ticker.tick(self.both.wired)
        self.both.apply()
        self.both.drain()
        self.both.reconcile(self.both.shop_id)
        self.both.drain()
        assert len(self.both.sink()) == said, "something left before anybody had looked"
        log = "".join(json.dumps({"message_id": one["message_id"]}) + "\n" for one in self.both.sink())
        runner = self.both.wired.parts["flask"].test_cli_runner()
        done = runner.invoke(args=["restored", "--log", "-", "--release", "--log-is-whole"], input=log)
        assert done.exit_code == 0, done.output
        self.both.drain()

    def _counted(self):
        counts = [self.both.rows(select(func.count(table.id))) for table in (Message, OrderEvent)]
        return [number for ((number,),) in counts]


def main(count, seed, days):
    """Play and return what came of it, as JSON values."""
    with (
        temporary_folder() as folder,
        run_cluster(folder) as cluster,
        run_valkey(folder) as redis_url,
        side_by_side(cluster, redis_url, folder) as both,
    ):
        both.shop_id = both.install(SHOP)
        backups = Backups(both, cluster, redis_url, timedelta(days=int(days)))
        outcome = play(both, int(count), seed, ask_always=True, meanwhile=backups.at)
        both.wired.engines.dispose()
    return asdict(outcome) | {
        "lost": dict(outcome.lost),
        "faults": outcome.faults,
        "hours": STEP.total_seconds() / 3600,
        "put_back": backups.put_back_times,
        "forgotten_mails": backups.forgotten_mails,
        "forgotten_events": backups.forgotten_events,
    }


if __name__ == "__main__":
    gc.set_threshold(50_000, 50, 50)  # a short life with much memory at hand
    with contextlib.redirect_stdout(io.StringIO()):  # the app's log lines go there
        told = main(*sys.argv[1:])
    print(json.dumps(told))
