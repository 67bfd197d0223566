"""Ask the app, as any outsider could on a developer's machine, what became of all that was due."""

import threading
import time
from typing import Any

from devstore.clock.quiet import ask_ready

WHERE = "/readyz/ledger"
FRESH_SECONDS = 3.0  # however many pages look at the strip, the app counts once in this time
ANSWER_SECONDS = 1.0

Books = dict[str, dict[str, int]] | None  # by shop domain; None when the app does not tell


class AppBooks:
    """The app's last answer, shared by everybody who looks at the strip."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._told: Books = None
        self._until = 0.0

    def known(self) -> Books:
        """Return the last answer without asking."""
        return self._told

    def asked(self) -> Books:
        """Return the answer, asked for again when it is no longer fresh; whoever comes meanwhile gets the last one."""
        if time.monotonic() >= self._until and self._asking.acquire(blocking=False):
            try:
                self._told = _read(ask_ready(WHERE, ANSWER_SECONDS))
                self._until = time.monotonic() + FRESH_SECONDS
            finally:
                self._asking.release()
        return self._told

    def forget(self) -> None:
        """Ask anew next time."""
        self._told, self._until = None, 0.0


app_books = AppBooks()


def _read(answer: dict[str, Any] | None) -> Books:
    """Return the books in an answer; None for an answer of another shape, as a refusal has."""
    shops = answer.get("shops") if answer else None
    if not isinstance(shops, dict) or not all(isinstance(one, dict) for one in shops.values()):
        return None
    return shops
