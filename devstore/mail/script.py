"""Scripted answers of the sink: what it says instead of yes, when a test asks for trouble."""

import threading
from dataclasses import dataclass
from typing import Any

PHASES = ("connect", "mail", "rcpt", "data", "dot")
# What may happen in place of the usual answer: a reply line, or
DROP = "drop"  # hang up without a word; at "dot" the mail is kept first: accepted, and nobody was told
DROP_BEFORE = "drop-before"  # at "dot": hang up and keep nothing


@dataclass
class Line:
    """One scripted answer: in `phase`, for recipients containing `match`, `times` times over."""

    phase: str
    reply: str
    times: int
    match: str
    wait_seconds: float


class Script:
    """The answers still to be given; shared between the API's threads and the listener's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[Line] = []

    def replace(self, lines: list[Line]) -> None:
        """Forget what was scripted and script this."""
        with self._lock:
            self._lines = list(lines)

    def take(self, phase: str, about: str) -> Line | None:
        """Return the next answer for this phase, used up by one, or None for the usual one."""
        with self._lock:
            for line in self._lines:
                if line.phase == phase and line.match in about and line.times > 0:
                    line.times -= 1
                    return line
        return None

    def left(self) -> list[dict[str, Any]]:
        """Return what has not been used up."""
        with self._lock:
            return [
                {"at": one.phase, "reply": one.reply, "times": one.times, "match": one.match}
                for one in self._lines
                if one.times > 0
            ]


def read_script(raw: Any) -> list[Line]:
    """Read `[{"at": "rcpt", "reply": "450 4.2.1 busy", "times": 1, "match": "", "wait": 0}]`.

    `reply` is a line beginning with a code, "" to answer as usual (after the wait), "drop" or "drop-before".
    Raises ValueError naming what is wrong.
    """
    lines = []
    for entry in raw if isinstance(raw, list) else [None]:
        if not isinstance(entry, dict) or entry.get("at") not in PHASES:
            raise ValueError(f"at must be one of {', '.join(PHASES)}")
        reply = str(entry.get("reply", ""))
        if reply not in {"", DROP, DROP_BEFORE} and not (reply[:3].isdigit() and reply[0] in "45"):
            raise ValueError('reply must begin with a 4xx or 5xx code, or be "", "drop" or "drop-before"')
        times, wait = entry.get("times", 1), entry.get("wait", 0)
        if not isinstance(times, int) or not isinstance(wait, int | float) or not 0 <= wait <= 120 or times < 1:
            raise ValueError("times must be a whole number from 1, wait 0 to 120 seconds")
        lines.append(Line(entry["at"], reply, times, str(entry.get("match", "")), float(wait)))
    return lines
