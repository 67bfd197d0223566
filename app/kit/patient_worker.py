"""Serve queues, and end well when told to: the job that runs is finished, however often and whomever one tells.

RQ takes a second SIGTERM for impatience and kills the job, and a job told directly dies at once; a job killed between a
mail's last byte and its answer leaves the mail unknown. Who supervises processes tells all of them, again and again.
"""

from __future__ import annotations

import signal
from types import FrameType

from rq import Worker


class PatientWorker(Worker):
    """End after the job at SIGTERM; at a second SIGINT, which a person sends, at once."""

    def setup_work_horse_signals(self) -> None:
        """Let the process of the job pass over both: the worker waits for it, and kills it where it must."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """Take a repeated SIGTERM for the first."""
        if signum != signal.SIGTERM:
            super().request_force_stop(signum, frame)
