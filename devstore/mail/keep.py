"""Keep mail: one fsynced line in the log for each; mails that arrive together share one fsync."""

import queue
import threading
from concurrent.futures import Future
from pathlib import Path

from devstore.clock.now import real_now
from devstore.mail.listen import Envelope
from devstore.mail.load import Loader
from devstore.mail.log import SinkLog, line_of

MOST_TOGETHER = 200


class Keeper:
    """One thread that writes: `submit` a mail, wait for the future, then say 250."""

    def __init__(self, path: Path, loader: Loader) -> None:
        self._log = SinkLog(path)
        self._loader = loader
        self._queue: queue.Queue[tuple[bytes, Future[None]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="mail")

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued and return."""
        self._queue.put(None)
        self._thread.join()
        self._log.close()

    def submit(self, envelope: Envelope) -> Future[None]:
        """Queue a mail; the future is done when its line is on the disk."""
        done: Future[None] = Future()
        self._queue.put((line_of(envelope, real_now()), done))
        return done

    def _run(self) -> None:
        ending = False
        while not ending:
            batch = [self._queue.get()]
            while len(batch) < MOST_TOGETHER and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            ending = None in batch
            kept = [one for one in batch if one is not None]
            if not kept:
                continue
            self._log.append([line for line, _ in kept])
            for _, done in kept:
                done.set_result(None)
            self._loader.wake()
