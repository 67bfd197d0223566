"""Turn the stop signals into a flag that every wait of the supervisor looks at.

Handlers only note what came: nothing is interrupted half way, and a signal that arrives while a
child is being started is seen at the next wait, at most a moment later.
"""

import os
import select
import signal
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Someone asked the supervisor to stop."""


class Signals:
    """The signals that came since `listen`; `stop` is true once one of them asked to stop."""

    def __init__(self) -> None:
        self.stop = False
        self._readable, self._writable = os.pipe()
        os.set_blocking(self._readable, False)
        os.set_blocking(self._writable, False)

    def listen(self) -> None:
        """Take over the stop signals, also one that was ignored at entry, and the end of children."""
        signal.set_wakeup_fd(self._writable, warn_on_full_buffer=False)
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(number, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)

    def hold_back(self) -> None:
        """Keep stop signals waiting, so that the program about to be exec'd gets them."""
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

    def wait(self, seconds: float) -> None:
        """Return after `seconds`, or as soon as a signal comes."""
        ready, _, _ = select.select([self._readable], [], [], max(0.0, seconds))
        if ready:
            os.read(self._readable, 4096)

    def wait_or_stop(self, seconds: float) -> None:
        """Wait as `wait` does.

        Raises:
            Stopped: a stop was asked for, now or before.
        """
        if not self.stop:
            self.wait(seconds)
        if self.stop:
            raise Stopped

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.stop = True
