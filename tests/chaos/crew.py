"""Real processes that are restarted whenever they die, and a hand to kill them with."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from serve.child import wrap

ROOT = Path(__file__).resolve().parents[2]
LOOK_S = 0.05


@dataclass
class Member:
    """One process of the crew. `starts` counts how often it was started."""

    name: str
    command: list
    env: dict
    log: Path
    cwd: Path = ROOT
    end: signal.Signals = signal.SIGTERM
    starts: int = 0
    process: subprocess.Popen = None
    wanted: bool = True

    def start(self):
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                wrap([str(word) for word in self.command], signal.SIGKILL),
                env=self.env,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.starts += 1

    def kill(self, number=signal.SIGKILL):
        """Send a signal to the process and all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


@dataclass
class Crew:
    """Keep its members running until it is stopped."""

    members: dict = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    watch: threading.Thread = None

    def add(self, member):
        """Take in and start one."""
        with self.lock:
            member.start()
            self.members[member.name] = member
        if self.watch is None:
            self.watch = threading.Thread(target=self._watch, daemon=True)
            self.watch.start()
        return member

    def kill(self, name):
        """Kill one with all its children; it is started again."""
        self.members[name].kill()

    def hold(self, name):
        """Kill one and keep it down."""
        self.members[name].wanted = False
        self.members[name].kill()
        self.members[name].process.wait()

    def release(self, name):
        """Let one that was held run again."""
        with self.lock:
            self.members[name].wanted = True
            self.members[name].start()

    def stop(self):
        """End all of them, the last first."""
        self.ending.set()
        if self.watch is not None:
            self.watch.join()
        for member in reversed(self.members.values()):
            member.kill(member.end)
        until = time.monotonic() + 8
        for member in reversed(self.members.values()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                member.process.wait(max(0.1, until - time.monotonic()))
            member.kill()
            member.process.wait()

    def _watch(self):
        while not self.ending.wait(LOOK_S):
            with self.lock:
                for member in self.members.values():
                    if member.wanted and member.process.poll() is not None:
                        member.kill()  # what it left behind would go on as an orphan
                        member.start()
