"""Look now and then for something to do, in a thread of one's own: more often while the clock is moved."""

import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from devstore.clock.moving import between_looks


class Looks:
    """The thread that does one thing after another and rests when there is none: `start()` and `stop()`."""

    def __init__(self, name: str, do_one: Callable[[], bool], seconds: float) -> None:
        """Take what does one thing and tells whether there was one, and the seconds between two looks."""
        self._ending = threading.Event()
        self._do_one, self._seconds, self._name = do_one, seconds, name
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after what is being done."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                if self._do_one():
                    continue
            except SQLAlchemyError as fault:
                print(f"{self._name}: {type(fault).__name__}", flush=True)
            self._ending.wait(between_looks(self._seconds))
