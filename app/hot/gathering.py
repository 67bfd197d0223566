"""Do at once, for all who wait, what each asked for alone: one thread takes whatever has gathered meanwhile.

No timer decides how many go together: while a batch is being done the next one gathers. The thread starts at the first
item. It is no daemon: it leaves once the main thread has ended and nothing is left to do, since
the web server runs no exit handlers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

import structlog

from app.kit.errors import Unavailable

LOOK_UP_S = 0.3  # how often an idle thread looks whether the process is ending
TELL_S = 1.0  # how often it is told that items are being refused

Item = TypeVar("Item")
Result = TypeVar("Result")

log = structlog.get_logger()


class _Place(Generic[Item, Result]):
    """Hold one item and what became of it; no item marks a place in the queue.

    `done` is locked until then; it is None where nobody waits.
    """

    __slots__ = ("done", "item", "outcome")

    def __init__(self, item: Item | None, done: threading.Lock | None = None) -> None:
        self.item = item
        self.done = done
        self.outcome: Result | Exception | None = None


class Gathering(Generic[Item, Result]):
    """Gather items and hand them to `do`, at most `at_once` a time; `room` bounds how many may wait.

    `do` returns an outcome for each item in order; an exception there is raised for whoever asked with that item.
    `linger_s` is how long the first of a batch may wait for more, and with it whoever asked.
    """

    def __init__(
        self,
        name: str,
        do: Callable[[Sequence[Item]], Sequence[Result | Exception]],
        *,
        room: int,
        at_once: int,
        linger_s: float = 0.0,
    ) -> None:
        """Take the work; no thread is started yet."""
        self.name, self.room, self.at_once, self.linger_s = name, room, at_once, linger_s
        self.refused = 0
        self._do = do
        self._told_at = 0.0
        self._waiting: SimpleQueue[_Place[Item, Result]] = SimpleQueue()
        self._starting = threading.Lock()
        self._runs = False

    def ask(self, item: Item, wait_s: float) -> Result:
        """Return what `do` made of the item; raise what it says of it, and Unavailable when full or too late."""
        done = _locked()
        place: _Place[Item, Result] = _Place(item, done)
        if not self._take(place):
            raise Unavailable("Too much is coming in at once. Try again in a moment; nothing was lost.")
        if not done.acquire(timeout=wait_s):
            raise Unavailable("This takes too long at the moment. Try again in a moment.")
        if isinstance(place.outcome, Exception):
            raise place.outcome
        return place.outcome  # type: ignore[return-value] # set before the lock was released

    def leave(self, item: Item) -> bool:
        """Leave an item without waiting; return False, and count it, when there is no room for it."""
        return self._take(_Place(item))

    def rest(self, within_s: float = 5.0) -> bool:
        """Wait until what came before is done; return whether that came about in time."""
        done = _locked()
        self._put(_Place(None, done))
        return done.acquire(timeout=within_s)

    def _take(self, place: _Place[Item, Result]) -> bool:
        if self._waiting.qsize() >= self.room:
            self.refused += 1
            now = time.monotonic()
            if now - self._told_at > TELL_S:
                self._told_at = now
                log.warning("gathering_full", gathering=self.name, refused=self.refused)
            return False
        self._put(place)
        return True

    def _put(self, place: _Place[Item, Result]) -> None:
        self._waiting.put(place)
        if not self._runs:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name=self.name, daemon=False).start()

    def _run(self) -> None:
        main = threading.main_thread()
        try:
            while True:
                try:
                    first = self._waiting.get(timeout=LOOK_UP_S)
                except Empty:
                    if not main.is_alive():
                        return
                    continue
                self._batch(first)
        finally:
            self._runs = False  # asking the thread itself whether it lives would cost each item a lock

    def _batch(self, first: _Place[Item, Result]) -> None:
        if self.linger_s and first.item is not None and self._waiting.qsize() < self.at_once:
            time.sleep(self.linger_s)
        batch = [first]
        try:
            while len(batch) < self.at_once:
                batch.append(self._waiting.get_nowait())
        except Empty:
            pass
        asked = [place for place in batch if place.item is not None]
        try:
            outcomes = self._do([place.item for place in asked if place.item is not None]) if asked else []
        except Exception as failure:  # noqa: BLE001 - the edge of a batch: whoever waits hears of it
            log.error("gathering_failed", gathering=self.name, fault=type(failure).__name__)
            outcomes = [failure] * len(asked)
        for place, outcome in zip(asked, outcomes, strict=True):
            place.outcome = outcome
        for place in batch:
            if place.done is not None:
                place.done.release()


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock
