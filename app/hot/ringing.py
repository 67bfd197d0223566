"""Ring a doorbell without being waited for: a thread of its own rings, however long Redis takes to say nothing."""

from __future__ import annotations

import threading
import time
from typing import Final

from app.kit.queue import Doorbell

REST_S: Final = 0.1  # longer than the bell's own gap, within which it would not ring


class Ringing:
    """Ring one queue soon after being told to; told twice meanwhile, it rings once.

    The thread is a daemon: a ring lost with the process is made up for by the ticker within a second.
    """

    def __init__(self, doorbell: Doorbell, queue: str) -> None:
        """Take what to ring; no thread is started yet."""
        self._doorbell, self._queue = doorbell, queue
        self._asked = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def __call__(self) -> None:
        """Ask for a ring and return at once."""
        self._asked.set()
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name=f"ring {self._queue}", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while self._asked.wait():
            self._asked.clear()
            self._doorbell.ring(self._queue)
            time.sleep(REST_S)  # what is told meanwhile rings once after it; whoever works is awake by then
