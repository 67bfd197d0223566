"""Wait until a part that was just started answers."""

import http.client
import time
from collections.abc import Callable

from serve.errors import CannotServe
from serve.part import Part
from serve.signals import Signals

_LOOK_EVERY = 0.03  # seconds


def serves(port: int, path: str) -> bool:
    """Tell whether 127.0.0.1:port answers `path` with 200 now."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path)
        return line.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def wait_until(part: Part, answers: Callable[[], bool], signals: Signals, seconds: float = 120) -> None:
    """Return once the part answers.

    Raises:
        Stopped: a stop was asked for.
        CannotServe: the part ended, or did not answer in time; its log's last lines are in it.
    """
    until = time.monotonic() + seconds
    while not answers():
        if not part.alive():
            raise CannotServe(f"{part.name} ended at its start (see {part.log}):\n{part.tail()}")
        if time.monotonic() > until:
            raise CannotServe(f"{part.name} does not answer (see {part.log}):\n{part.tail()}")
        signals.wait_or_stop(_LOOK_EVERY)
