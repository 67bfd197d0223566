"""Run the listener in a thread of its own, with its own event loop."""

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import TypeVar

from devstore.mail.keep import Keeper
from devstore.mail.listen import Envelope, Listener
from devstore.mail.script import Script

Result = TypeVar("Result")

script = Script()


class MailServer:
    """The SMTP side of the dev store: `start()` raises OSError when the port is taken."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self._keeper = Keeper(log)
        self._listener = Listener(self._keep, script)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp")

    def start(self) -> None:
        """Listen; returns when connections are taken."""
        self._thread.start()
        self._keeper.start()
        try:
            self.port = self._wait_for(self._listener.open(self.port))
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """Close connections, write what was accepted, and return."""
        self._wait_for(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._keeper.stop()

    async def _keep(self, envelope: Envelope) -> None:
        await asyncio.wrap_future(self._keeper.submit(envelope))

    async def _end(self) -> None:
        self._listener.close()
        mine = asyncio.current_task()
        talks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in talks:
            task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    def _wait_for(self, work: Coroutine[None, None, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)
