"""What the hub turns: simulated processes, their tasks, how they end, and how they may stand in each other's way."""

from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
from greenlet import greenlet
from psycopg.pq import TransactionStatus


class Monitor(psycopg.Connection):
    """Ask PostgreSQL from outside the play: waits plainly, commits plainly, and nothing ever goes wrong."""

    wait, commit = psycopg.Connection.wait, psycopg.Connection.commit


class Dead(BaseException):
    """Say to code of a dead process that comes to be cleaned up: nothing more can be done."""


class Stuck(Exception):
    """Say that tasks are left which nothing will ever wake."""


@dataclass(eq=False)
class Process:
    """Name a simulated process. `skew` is how far its machine's clock is off."""

    name: str
    skew: timedelta = timedelta()
    dead: bool = False
    held: dict = field(default_factory=dict)  # connections it has used, in the order of their first use
    lines: set = field(default_factory=set)  # sockets it has open


class Task(greenlet):
    """Run a function of one process. `wakes_at` while it sleeps, `waits_on` a backend's pid while it is blocked."""

    def __init__(self, hub, process, name, work):
        super().__init__(self._live, hub.root)
        self.hub, self.process, self.name, self.work = hub, process, name, work
        self.wakes_at = self.waits_on = self.waits_for = None
        self.result = self.fault = None
        self.over = self.is_victim = False

    def _live(self):
        try:
            self.result = self.work()
        except Exception as fault:  # noqa: BLE001 - the edge of a task; whoever waits for it raises it
            self.fault = fault
        except Dead as fault:
            self.fault = fault
        self.over = True


def is_amid(connection):
    """Say whether a connection is open and in the middle of a transaction."""
    return not connection.closed and connection.pgconn.transaction_status != TransactionStatus.IDLE


def in_a_circle(blocked, waiting):
    """Return the backend that came last into a circle of waits, None where there is no circle."""
    place = {pid: number for number, pid in enumerate(waiting)}
    for start in sorted(blocked, key=place.__getitem__, reverse=True):
        reached, edge = set(), [start]
        while edge:
            for blocker in blocked.get(edge.pop(), ()):
                if blocker == start:
                    return start
                if blocker not in reached:
                    reached.add(blocker)
                    edge.append(blocker)
    return None
