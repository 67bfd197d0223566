"""Hold the connections mails leave by, and bring many of them along at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass

from app.channels.base import OutboundMessage, PhasedTransport
from app.kit import fault


@dataclass(slots=True)
class WayOut:
    """Hold connections and threads to open them in: one thread brings all along, saying to all before it reads of any.

    `recording` is the group before, whose outcomes are being written while the next group's bodies go out. `signer` is
    one thread, which seals a group while the one before it is on its way.
    """

    connections: list[PhasedTransport]
    pool: Executor
    signer: Executor
    recording: Future[None] | None = None

    def start(self, pairs: Sequence[tuple[OutboundMessage, PhasedTransport]]) -> None:
        """Say on each connection whom its message is for; new connections are made side by side."""
        new = [each for each in pairs if not each[1].is_open]
        kept = [each for each in pairs if each[1].is_open]
        opening = [self.pool.submit(connection.start, message) for message, connection in new]
        try:
            for message, connection in kept:
                connection.start(message)
        finally:
            wait(opening)
        for each in opening:
            each.result()

    def give_up(self, refused: Sequence[PhasedTransport]) -> None:
        """Use no more connections than the receiver lets stand; one is always tried."""
        left = [each for each in self.connections if each not in refused]
        self.connections = left or self.connections[:1]

    def settle(self) -> None:
        """Wait until the outcomes of the group before are committed; raise what kept them from it. C2 they are."""
        earlier, self.recording = self.recording, None
        if earlier is not None:
            earlier.result()
            fault.point("C2")
