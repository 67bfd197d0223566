"""Backends that wait for a lock: each stands still until the hub lets it go on, one at a time.

PostgreSQL wakes everybody who waited for a lock at once, on all cores: who then comes first to the next row is chance
of the machine, and a play would not be the same again. So whoever waits is stopped as a process, holds nothing but its
place in the queue, and is let go on alone, until it has answered or waits anew.
"""

import os
import signal
import time

BLOCKED = """select pid, blockers from (select pid, pg_blocking_pids(pid) blockers from unnest(%s::int[]) pid) waits
    where cardinality(blockers) > 0"""
WORKS = """select 1 from pg_stat_activity
    where pid = %s and state = 'active' and wait_event is distinct from 'ClientWrite'"""
A_MOMENT_S = 0.0005


class Waits:
    """Tell who waits for whom, and let those who waited go on. `monitor` asks PostgreSQL from outside the play."""

    def __init__(self, monitor):
        self._monitor, self._stopped = monitor, set()

    def blocked(self, pids):
        """Return who waits for a lock of whom, by backend."""
        return dict(self._monitor.execute(BLOCKED, (pids,)).fetchall())

    def stop(self, pid):
        """Have a backend that waits stand still, even when its lock is given."""
        self._stopped.add(pid)
        os.kill(pid, signal.SIGSTOP)

    def let_live(self, pid):
        """Undo that; say whether it was so."""
        if pid not in self._stopped:
            return False
        self._stopped.remove(pid)
        os.kill(pid, signal.SIGCONT)
        return True

    def let_go_on(self, pid):
        """Let a backend go on alone; say whether it came to its answer. Where it waits anew it is stopped again."""
        self.let_live(pid)
        while self._monitor.execute(WORKS, (pid,)).fetchone():
            if pid in self.blocked([pid]):
                self.stop(pid)
                return False
            time.sleep(A_MOMENT_S)
        return True

    def end_deadlock(self, pid):
        """End a wait as PostgreSQL ends a deadlock; its own timers fire when they like."""
        self.let_live(pid)
        self._monitor.execute("select pg_cancel_backend(%s)", (pid,))
        while pid in self.blocked([pid]):
            time.sleep(A_MOMENT_S)

    def end(self, connection):
        """Close a connection as a dead network does, and wait until the server has let go of its locks."""
        pid = connection.pgconn.backend_pid
        connection.pgconn.finish()
        if self.let_live(pid):  # one that waits for a lock does not notice
            self._monitor.execute("select pg_terminate_backend(%s)", (pid,))
        while self._monitor.execute("select 1 from pg_stat_activity where pid = %s", (pid,)).fetchone():
            time.sleep(A_MOMENT_S)

    def close(self):
        """Leave nobody stopped."""
        for pid in list(self._stopped):
            self.let_live(pid)
