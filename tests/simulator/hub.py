"""One thread, many tasks: the app's own code, interrupted wherever it waits for somebody else.

Every task is a greenlet and belongs to a simulated process. It gives way after a statement, at a fault point and in the
mail server's and Shopify's answers; who goes on is drawn from one seeded random. A statement that waits for another
task's lock steps aside until PostgreSQL says that it waits no longer, so one thread never waits for itself.
"""

import select
from datetime import UTC, timedelta
from random import Random

import psycopg
from greenlet import getcurrent

from app.kit.engines import LONGEST_IDLE_MS
from tests.simulator.tasks import Dead, Monitor, Stuck, Task, in_a_circle, is_amid
from tests.simulator.waits import Waits

PATIENCE_MS = 4  # an answer that takes longer may be waiting for a lock: PostgreSQL is asked
LONGEST_IDLE = timedelta(milliseconds=LONGEST_IDLE_MS)
PLAIN_WAIT = psycopg.Connection.wait
READABLE = select.POLLIN | select.POLLHUP | select.POLLERR
MASKS = {1: select.POLLIN, 2: select.POLLOUT, 3: select.POLLIN | select.POLLOUT}  # by what a generator waits for
STUCK_AFTER = 200_000  # turns within one instant
AT_ONCE = 0.5  # how often who waited goes on as soon as a lock is given, not when all others have


class Hub:
    """Own the tasks, the virtual time and the dice."""

    def __init__(self, seed, beginning, monitor_url, switching=0.15):
        self.dice, self.now, self.switching = Random(seed), beginning, switching
        self.waking = Random(f"{seed} waking")
        self.root, self.tasks, self.graveyard = getcurrent(), [], []
        self.current = None
        self.asked_last = {}  # connection -> the task that used it last
        self.before_statement = None
        self.bias = None  # (how a process is called, its chance of a turn): where many would drown out one
        self.turns = 0
        self._monitor = Monitor.connect(monitor_url, autocommit=True)
        self._waits = Waits(self._monitor)
        self._tell_time()

    def close(self):
        """End what is left of every task and let the monitor go."""
        for task in [*self.graveyard, *self.tasks]:
            task.process.dead = True
            self._unwind(task)
        self.graveyard, self.tasks, self.current = [], [], None
        self._waits.close()
        self._monitor.close()

    # -- time

    def move(self, to):
        """Move the virtual clock: business time, real time and the database's now() alike."""
        self.now = to
        self._tell_time()

    def _tell_time(self):
        self._monitor.execute("update simulated.clock set at = %s", (self.now,))

    def monotonic(self):
        """Return seconds that only grow, in the place of the machine's own."""
        return self.now.timestamp()

    def machine_now(self):
        """Return the instant the current task's machine believes it is."""
        skew = self.current.process.skew if self.current else timedelta()
        return (self.now + skew).astimezone(UTC)

    # -- tasks

    def spawn(self, process, name, work):
        """Begin a task; it runs when its turn comes."""
        task = Task(self, process, name, work)
        self.tasks.append(task)
        return task

    def give_way(self):
        """Let another task go on; from within a task."""
        self.root.switch()

    def perhaps_give_way(self):
        """Let another task go on, as the dice fall."""
        if self.current is not None and self.dice.random() < self.switching:
            self.root.switch()

    def sleep(self, for_how_long):
        """Let virtual time pass within a task. A transaction it stands in is ended by PostgreSQL if that takes long."""
        task, ends = self.current, self.now + for_how_long
        if for_how_long > LONGEST_IDLE:
            task.wakes_at = self.now + LONGEST_IDLE
            self.root.switch()
            for connection in list(task.process.held):
                if self.asked_last.get(connection) is task and is_amid(connection):
                    self.cut(connection)
        task.wakes_at = ends
        self.root.switch()

    def join(self, task):
        """Wait within a task for another; from outside, run until it is over."""
        if self.current is None:
            while not task.over and self._turn():
                pass
            return
        while not task.over:
            self.current.waits_for = task
            self.root.switch()
        self.current.waits_for = None

    def run_ready(self):
        """Give turns until every task sleeps or is over."""
        for _ in range(STUCK_AFTER):
            if not self._turn():
                return
        raise Stuck([task.name for task in self.tasks])

    def next_waking(self):
        """Return when the next sleeper wakes, None where nobody sleeps."""
        return min((task.wakes_at for task in self.tasks if task.wakes_at is not None), default=None)

    def _turn(self):
        ready = [task for task in self.tasks if self._is_ready(task)]
        if not ready:
            ready = self._unblocked()
            if not ready:
                return False
        self.turns += 1
        task = self._draw(ready)
        task.wakes_at = None
        self.current = task
        task.switch()
        self.current = None
        if task.over and task in self.tasks:
            self.tasks.remove(task)
        return True

    def _draw(self, ready):
        if self.bias is not None:
            name, chance = self.bias
            mine = [task for task in ready if task.process.name.startswith(name)]
            others = [task for task in ready if not task.process.name.startswith(name)]
            if mine and others:
                ready = mine if self.dice.random() < chance else others
        return ready[0] if len(ready) == 1 else ready[self.dice.randrange(len(ready))]

    def _is_ready(self, task):
        if task.waits_on is not None or (task.waits_for is not None and not task.waits_for.over):
            return False
        return task.wakes_at is None or task.wakes_at <= self.now

    def _unblocked(self):
        """Return tasks whose lock was given; where they wait in a circle, once PostgreSQL has broken it."""
        while waiting := self._waiting():
            blocked = self._waits.blocked(list(waiting))
            if free := self._let_go_on(waiting, blocked):
                return free
            if len(blocked) == len(waiting):
                if (victim := in_a_circle(blocked, waiting)) is None:
                    return []  # somebody sleeps with the lock
                waiting[victim].is_victim = True
                self._waits.end_deadlock(victim)
        return []

    def _waiting(self):
        return {task.waits_on: task for task in self.tasks if task.waits_on is not None}

    def _let_go_on(self, waiting, blocked):
        """Let those whose lock was given go on, one after the other as the dice fall; return who came to an answer."""
        given = [pid for pid in waiting if pid not in blocked]
        self.waking.shuffle(given)
        free = [waiting[pid] for pid in given if self._waits.let_go_on(pid)]
        for task in free:
            task.waits_on = None
        return free

    # -- death

    def die(self):
        """End the current task's process as kill -9 would: no clean-up runs, the kernel closes what it had open."""
        process = self.current.process
        self.kill(process)
        self.root.switch()

    def kill(self, process):
        """End a process from outside."""
        process.dead = True
        for connection in list(process.held):
            last = self.asked_last.get(connection)  # pools are shared here: by now it may be another process's
            if last is not None and last.process is process and is_amid(connection):
                self.cut(connection)
        for line in list(process.lines):
            line.cut()
        mine = [task for task in self.tasks if task.process is process]
        for task in mine:
            task.over, task.fault = True, Dead()
            self.tasks.remove(task)
        self.graveyard += mine

    def cut(self, connection):
        """Close a connection as a dead network does."""
        self.asked_last.pop(connection, None)
        self._waits.end(connection)

    def bury(self):
        """Free what dead tasks still hold in this thread: pooled connections, above all."""
        for task in self.graveyard:
            self._unwind(task)
        self.graveyard = []

    def _unwind(self, task):
        if task.dead or not task:
            return
        self.current = task
        for _ in range(50):
            if task.dead:
                break
            task.throw(Dead)
        self.current = None

    # -- the database driver

    def wait(self, connection, gen, interval=0.1, timeout=None):
        """Stand in for psycopg's own waiting."""
        task = self.current
        if task is None:
            return PLAIN_WAIT(connection, gen, interval, timeout)
        if task.process.dead:
            raise Dead
        asked = gen.__name__
        if asked == "_rollback_gen" and not is_amid(connection):
            return PLAIN_WAIT(connection, gen, interval, timeout)  # a pool makes sure; nothing is sent
        if self.before_statement is not None:
            self.before_statement(connection, asked)
        task.process.held[connection] = None
        self.asked_last[connection] = task
        try:
            answer = self._through(task, connection, gen)
        except psycopg.errors.QueryCanceled:
            if not task.is_victim:
                raise
            task.is_victim = False
            raise psycopg.errors.DeadlockDetected("deadlock detected") from None
        if not is_amid(connection) and self.waking.random() < AT_ONCE and (waiting := self._waiting()):
            self._let_go_on(waiting, self._waits.blocked(list(waiting)))
        self.perhaps_give_way()
        if task.process.dead:
            raise Dead
        return answer

    def _through(self, task, connection, gen):
        """Bring a question to its answer."""
        patience = PATIENCE_MS
        try:
            wanted = MASKS[next(gen)]
            poll, line = select.poll(), connection.pgconn.socket
            poll.register(line, wanted)
            while True:
                if not (found := poll.poll(patience)):
                    aside = self._step_aside(task, connection)
                    patience = PATIENCE_MS if aside else min(patience * 2, 1000)
                    continue
                event = found[0][1]
                mask = MASKS[gen.send((1 if event & READABLE else 0) | (2 if event & select.POLLOUT else 0))]
                if mask != wanted:
                    wanted = mask
                    poll.modify(line, wanted)
        except StopIteration as end:
            return end.value

    def _step_aside(self, task, connection):
        pid = connection.pgconn.backend_pid
        if pid not in self._waits.blocked([pid]):
            return False
        self._waits.stop(pid)
        task.waits_on = pid
        self.root.switch()
        if task.process.dead:
            raise Dead
        return True
