"""One program the supervisor keeps running, in a session of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from serve import marks
from serve.child import wrap

_DYING = 5.0  # seconds a killed process may take to be gone


@dataclass
class Part:
    """What runs, under which name, and how it is asked to end."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    folder: Path
    data: Path
    gentle: signal.Signals = signal.SIGTERM  # asks for an orderly end
    orphaned: signal.Signals = signal.SIGTERM  # sent by the kernel when the supervisor dies
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """Return the file that takes all it prints."""
        return self.data / "log" / f"{self.name.replace(' ', '-')}.log"

    def start(self) -> None:
        """Start it; what an earlier start left running is killed first."""
        self.kill()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                wrap(self.command, self.orphaned),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                env={**self.environment, **marks.mark(self.data, self.name)},
                start_new_session=True,
            )

    def alive(self) -> bool:
        """Tell whether the program itself, not something it left, still runs."""
        return self.process is not None and self.process.poll() is None

    def gone(self) -> bool:
        """Tell whether neither the program nor anything it started still runs."""
        return not self.alive() and not marks.of_part(self.data, self.name)

    def ask(self) -> None:
        """Ask the whole group to end; the leader alone where its children have their own orders."""
        if self.alive() and self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, self.gentle)
        else:
            marks.end(marks.of_part(self.data, self.name), self.gentle)

    def kill(self) -> None:
        """Kill the group and whatever else it started, and wait for their end."""
        if self.process is not None and (self.alive() or sys.platform != "linux"):
            # A group whose leader was reaped may be a stranger's by now: there the marks decide.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        # A dying process holds its port until it is gone, and the next start wants that port.
        until = time.monotonic() + _DYING
        while (left := marks.of_part(self.data, self.name)) and time.monotonic() < until:
            marks.end(left, signal.SIGKILL)
            time.sleep(0.005)
        if self.process is not None:
            self.process.wait()

    def tail(self, lines: int = 12) -> str:
        """Return the last lines of its log, for a person."""
        try:
            with self.log.open("rb") as log:
                log.seek(max(0, self.log.stat().st_size - 8_000))
                return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""
