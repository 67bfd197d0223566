"""Run one step of the app in a process of its own that dies or fails at a named point, then start clean again."""

import json
import os
import signal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.flows.sending import sweep
from app.kit import fault
from app.kit.work import unit_of_work
from app.shopify.admin import AdminClient
from tests.journeys.bodies import order_body  # noqa: F401 - the tests beside this file use it
from tests.journeys.conftest import SHOP, shop, sink  # noqa: F401 - fixtures

SAMPLES = Path(__file__).parent.parent / "payloads"


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
    """Run a step in a forked process with one armed point; tell how it ended."""

    def __init__(self, wired, tmp_path):
        self.wired, self.trail = wired, tmp_path / "trail"

    def run(self, point, action, step):
        """Return "killed" or "failed"; fail the test when the point was never reached."""
        self.trail.write_text("")
        self.wired.engines.dispose()
        child = os.fork()
        if child == 0:
            self._in_child(point, action, step)
        _, status = os.waitpid(child, 0)
        assert self.trail.read_text().split() == [point], f"{point} was never reached"
        if action == "kill":
            assert (os.WIFSIGNALED(status), os.WTERMSIG(status)) == (True, signal.SIGKILL)
        self.time_passes()

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
            for table in ("follow_up", "shop_lease", "webhook_inbox"):
                session.execute(
                    text(f"update {table} set lease_until = now() - interval '1 second' where lease_until is not null")
                )
            session.execute(text("update attempt set handoff_at = now() - interval '1 hour' where state = 'handoff'"))
        sweep.sweep(self.wired)


@pytest.fixture
def crash(wired, tmp_path):
    yield Crash(wired, tmp_path)
    fault.arm("")
