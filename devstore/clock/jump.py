"""Move the store's clock hour by hour, and let the app catch up after each.

A demo day must look like a day: whatever was due at ten is done before it turns eleven. So after each hour the
jump waits until the app shows the new offset and nothing due, or until its patience ends, and says which. Hours
in which nobody has anything planned are passed up to six at a time.
"""

import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from devstore.clock.moving import moving
from devstore.clock.quiet import hours_to_next_due, idle_hours, unfinished
from devstore.state.engine import unit_of_work
from devstore.state.models import Clock
from devstore.world.refused import Refused

HOUR = 3600
PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.05
LONG_SECONDS = 10.0
DECIDING = "to decide"
KILLED = " What a worker held when it was killed comes free after two minutes."
FARTHEST_DAYS = 365 * 5


@dataclass
class Progress:
    """How far a jump is; `waiting_for` says in words what the app has still to do."""

    running: bool = False
    hours_done: float = 0.0
    hours_total: float = 0.0
    impatient: int = 0  # hours after which the app was not done in time
    waiting_for: str = ""
    waited_for: str = ""  # what was unfinished at the end of its longest wait
    seconds: float = 0.0  # how long the jump took
    longest_seconds: float = 0.0  # its longest wait for what was due
    error: str = ""


class Jump:
    """The one jump of the store; a second is refused while one runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.progress = Progress()

    def start(self, hours: float | None) -> None:
        """Begin to jump by hours, or to the app's next due moment when None. Raises Refused."""
        with self._lock:
            if self.progress.running:
                raise Refused("clock", "The clock is moving already.")
            if hours is None:
                hours = hours_to_next_due()
            self.progress = Progress(running=True, hours_total=hours)
            moving.set()
            self._thread = threading.Thread(target=self._run, args=(hours,), name="clock")
            self._thread.start()

    def stop(self) -> None:
        """End a jump where it is."""
        self._ending.set()
        if self._thread:
            self._thread.join()

    def _run(self, hours: float) -> None:
        left, began = round(hours * HOUR), time.monotonic()
        try:
            while left > 0 and not self._ending.is_set():
                step = min(left, HOUR * idle_hours())
                target = _advance(step)
                left -= step
                if not self._settle(target):
                    self.progress.impatient += 1
                self.progress.hours_done = round((round(hours * HOUR) - left) / HOUR, 2)
        except Exception as fault:
            self.progress.error = type(fault).__name__
            raise
        finally:
            moving.clear()
            self.progress.waiting_for = ""
            self.progress.seconds = round(time.monotonic() - began, 1)
            self.progress.running = False

    def _settle(self, target: int) -> bool:
        """Wait until the app has done what was due; False when it took too long."""
        began = time.monotonic()
        while (waited := time.monotonic() - began) < PATIENCE_SECONDS and not self._ending.is_set():
            self.progress.waiting_for = unfinished(target)
            if not self.progress.waiting_for:
                return True
            if waited >= self.progress.longest_seconds:
                self.progress.longest_seconds, self.progress.waited_for = waited, self.progress.waiting_for
            self._ending.wait(POLL_SECONDS)
        return False


jump = Jump()


def progress() -> dict[str, Any]:
    """Return how far the last jump is; `afterwards` is a sentence once it ended late."""
    return asdict(jump.progress) | {"afterwards": afterwards(jump.progress)}


def afterwards(done: Progress) -> str:
    """Say of a jump that ended what made it take so long, or nothing when it did not."""
    if done.running or done.error or not (done.impatient or done.longest_seconds >= LONG_SECONDS):
        return ""
    took = f"The last jump took {max(1, round(done.seconds))} s"
    if done.impatient:
        hours = "1 hour" if done.impatient == 1 else f"{done.impatient} hours"
        why = f": {hours} passed while it waited for {done.waited_for}."
    else:
        why = f", {round(done.longest_seconds)} s of it waiting for {done.waited_for}."
    return f"{took}{why}{KILLED if done.waited_for.endswith(DECIDING) else ''}"


def _advance(seconds: int) -> int:
    """Move the clock and return the new offset in seconds."""
    with unit_of_work() as session:
        clock = session.get_one(Clock, 1, with_for_update=True)
        if clock.offset_seconds + seconds > FARTHEST_DAYS * 24 * HOUR:
            raise Refused("advance_hours", "The clock is five years ahead already.")
        clock.offset_seconds += seconds
        return clock.offset_seconds
