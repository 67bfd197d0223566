"""Run the listener in a thread of its own, with its own event loop."""

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

from devstore.mail.keep import Keeper
from devstore.mail.listen import Envelope, Listener
from devstore.mail.load import Loader
from devstore.mail.script import Script

Result = TypeVar("Result")

script = Script()
_running: list["MailServer"] = []


class MailServer:
    """The SMTP side of the dev store: `start()` raises OSError when the port is taken."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self._loader = Loader(log)
        self._keeper = Keeper(log, self._loader)
        self._listener = Listener(self._keep, script)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp")

    def start(self) -> None:
        """Listen; returns when connections are taken."""
        self._thread.start()
        self._keeper.start()
        self._loader.start()
        try:
            self.port = self._wait_for(self._listener.open(self.port))
        except OSError:
            self.stop()
            raise
        _running.append(self)

    def stop(self) -> None:
        """Close connections, write what was accepted, and return."""
        self._wait_for(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._keeper.stop()
        self._loader.stop()
        if self in _running:
            _running.remove(self)

    def caught_up(self) -> bool:
        """Wait, for two seconds at most, until every accepted mail is in the inbox; False when it is not."""
        return self._loader.wait(2)

    async def _keep(self, envelope: Envelope) -> None:
        await asyncio.wrap_future(self._keeper.submit(envelope))

    async def _end(self) -> None:
        self._listener.close()
        mine = asyncio.current_task()
        talks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        # Closing a connection takes the loop one more round.
        await asyncio.sleep(0)

    def _wait_for(self, work: Coroutine[None, None, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


def catch_up() -> None:
    """Let the inbox show all that was accepted so far, where this process accepts mail."""
    for server in _running:
        server.caught_up()
