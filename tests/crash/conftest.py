"""Run one step of the app in a process of its own that dies or fails at a named point, then start clean again."""

import json
import os
import signal
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import text

from app.flows.sending import sweep
from app.kit import fault
from app.kit.db import Base
from app.kit.work import unit_of_work
from app.shopify.asking.admin import AdminClient
from tests.journeys.bodies import order_body  # noqa: F401 - the tests beside this file use it
from tests.journeys.conftest import SHOP, shop, sink  # noqa: F401 - fixtures

SAMPLES = Path(__file__).parent.parent / "payloads"
LEASED = [table.name for table in Base.metadata.sorted_tables if "lease_until" in table.c]


def admin_that_knows(node):
    """Return an admin factory whose shop has exactly one order."""

    def answer(request):
        asked = json.loads(request.content)
        if "nodes(ids" in asked["query"]:
            return httpx.Response(
                200, json={"data": {"nodes": [{"__typename": "Order", "id": asked["variables"]["ids"][0]}]}}
            )
        return httpx.Response(200, json={"data": {"order": node}})

    def admin(session, shop_id):
        return AdminClient(httpx.Client(transport=httpx.MockTransport(answer)), SHOP, "token")

    return admin


class Crash:
    """Run a step in a forked process with one armed point, and see what the others make of its end.

    `kill` and `raise` end it there. `hang` lets it hang until somebody kills it. `stop` stands it still until its
    leases and its transaction have ended and another has done `meanwhile`, then lets it go on as if nothing had been.
    """

    def __init__(self, wired, monitor, tmp_path):
        self.wired, self.monitor, self.trail = wired, monitor, tmp_path / "trail"
        self.others = ()  # engines beside the app's whose connections are not to be shared with the child

    def run(self, point, action, step, meanwhile=None, *, at_hit=1):
        """Do the step in the child; fail the test when the point was never reached (for the n-th time)."""
        self.trail.write_text("")
        for each in (self.wired.engines, *self.others):
            each.dispose()
        before = self._backends()
        child = os.fork()
        if child == 0:
            self._in_child(point, f"{action}@{at_hit}", step)
        if action == "hang":
            self._wait_for_trail(child)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, os.WUNTRACED)
        assert self.trail.read_text().split() == [point], f"{point} was never reached"
        if action in {"kill", "hang"}:
            assert (os.WIFSIGNALED(status), os.WTERMSIG(status)) == (True, signal.SIGKILL)
        if action == "stop":
            assert os.WIFSTOPPED(status)
        self._transactions_end(before)
        self.time_passes()
        if action == "stop":
            (meanwhile or step)()
            os.kill(child, signal.SIGCONT)
            os.waitpid(child, 0)
            self.time_passes()

    def _backends(self):
        """The server's processes that work for the app, idle ones left out where they are in no transaction."""
        asked = (
            "select pid, state <> 'idle' from pg_stat_activity"
            " where datname = current_database() and usename <> current_user and backend_type = 'client backend'"
        )
        return dict(self.monitor.execute(asked).fetchall())

    def _transactions_end(self, before):
        """End what the child stands amid, as the server does with a transaction that stands still for long."""
        until = time.monotonic() + 20
        while any(is_amid for pid, is_amid in self._backends().items() if pid not in before):
            assert time.monotonic() < until, "a transaction does not end"
            for pid, is_amid in self._backends().items():
                if is_amid and pid not in before:
                    self.monitor.execute("select pg_terminate_backend(%s)", [pid])
            time.sleep(0.005)

    def _wait_for_trail(self, child):
        until = time.monotonic() + 20
        while not self.trail.read_text():
            assert time.monotonic() < until, "the point was never reached"
            assert os.waitpid(child, os.WNOHANG) == (0, 0), "it ended before the point"
            time.sleep(0.01)

    def _in_child(self, point, action, step):
        code = 0
        try:
            os.environ["FAULT_LOG"] = str(self.trail)
            fault.arm(f"{point}:{action}")
            step()
        except BaseException:  # noqa: BLE001 - whatever it raised, the child ends here
            code = 1
        finally:
            os._exit(code)

    def time_passes(self):
        """Let every lease and answer deadline end, and sweep, as minutes of waiting would."""
        with unit_of_work(self.wired, role="welltimed_system") as session:
            for table in LEASED:
                session.execute(
                    text(f"update {table} set lease_until = now() - interval '1 second' where lease_until is not null")
                )
            session.execute(text("update outgoing_call set next_at = now() where state = 'pending'"))
            session.execute(text("update attempt set handoff_at = now() - interval '1 hour' where state = 'handoff'"))
        sweep.sweep(self.wired)


@pytest.fixture
def crash(wired, cluster, tmp_path):
    url = cluster.superuser_url(wired.engines.app.url.database)
    with psycopg.connect(url, autocommit=True) as monitor:
        yield Crash(wired, monitor, tmp_path)
    fault.arm("")
