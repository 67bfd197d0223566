"""A plan as a text that people read, and what one plan has that another has not, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

TALE = "== "  # before what became of an order
GAP = "  "  # at least so much stands between two columns, and never within one
SHOWN = 30  # lines of a kind; the counts say the rest
MANY = 1.1  # times as many as before is said before all else, and not taken over in passing

Key = tuple[str, str, str, str]  # order, flow, what the run is about, step


@dataclass(frozen=True)
class Line:
    """Hold one planned message, or where a run without one stands: `due` is then empty, `step` says "(run)"."""

    order: str
    flow: str
    about: str
    step: str
    due: str  # by the recipient's clock, with its distance from UTC
    zone: str
    state: str

    @property
    def key(self) -> Key:
        """Return what names it, whenever it is due."""
        return self.order, self.flow, self.about, self.step

    def told(self) -> str:
        """Return it in words without its date."""
        return f"{self.order} {self.flow}, {self.about}: {self.step}"


def write(lines: Iterable[Line], tales: dict[str, str]) -> str:
    """Return the text of a plan: for each order what became of it, then a line for each message."""
    said: list[str] = []
    before = None
    for line in sorted(lines, key=lambda each: (each.key[:3], each.due or "9", each.step)):
        if line.order != before:
            said += ["", f"{TALE}{line.order}: {tales[line.order]}"]
            before = line.order
        columns = [line.order, f"{line.flow:6}", f"{line.about:8}", f"{line.step:14}", f"{line.due or '-':22}"]
        said.append(GAP.join([*columns, f"{line.zone or '-':19}", line.state]))
    return "\n".join(said).lstrip("\n") + "\n"


def read(text: str) -> list[Line]:
    """Return the lines of a plan's text. Raises ValueError where one is none."""
    found = []
    for raw in text.splitlines():
        if raw and not raw.startswith(TALE):
            columns = [part.strip() for part in raw.split(GAP) if part.strip()]
            if len(columns) != len(Line.__dataclass_fields__):
                raise ValueError(f"this is no line of a plan: {raw}")
            found.append(Line(*("" if part == "-" else part for part in columns)))
    return found


def messages(lines: Iterable[Line]) -> int:
    """Return how many messages a plan holds."""
    return sum(bool(line.due) for line in lines)


def many_more(before: list[Line], now: list[Line]) -> bool:
    """Say whether a plan holds so many messages more that somebody has to have meant it."""
    return messages(now) > MANY * messages(before)


def difference(before: list[Line], now: list[Line]) -> str:
    """Return what the plan of now has that the one before has not, in words; nothing where they are the same."""
    old, new = {line.key: line for line in before}, {line.key: line for line in now}
    doubled = [line for line, count in Counter(line.key for line in now).items() if count > 1]
    added = [new[key] for key in new.keys() - old.keys()]
    gone = [old[key] for key in old.keys() - new.keys()]
    pairs = [(old[key], new[key]) for key in old.keys() & new.keys() if old[key] != new[key]]
    moved = [(was, will) for was, will in pairs if (was.due, was.zone) != (will.due, will.zone)]
    other = [(was, will) for was, will in pairs if (was.due, was.zone) == (will.due, will.zone)]
    if not (doubled or added or gone or pairs):
        return ""
    counts = f"{len(added)} added, {len(gone)} gone, {len(moved)} moved, {len(other)} with another end"
    told = [
        f"The same orders are planned otherwise: {counts}; {messages(before)} messages before, {messages(now)} now."
    ]
    if many_more(before, now):
        told.insert(0, f"IT PLANS MANY MORE MESSAGES: {messages(now) / max(1, messages(before)):.1f} times as many.")
    told += _listed("Doubled", [" ".join(key) for key in doubled])
    told += _counted(before, now, moved)
    told += _listed("Added", [f"{line.told()}  {_when(line)}" for line in _sorted(added)])
    told += _listed("Gone", [f"{line.told()}  {_when(line)}" for line in _sorted(gone)])
    ways = [
        f"{was.told()}  {was.due or '-'} -> {will.due or '-'} {will.zone}{_by(was, will)}" for was, will in _both(moved)
    ]
    told += _listed("Moved", ways)
    told += _listed("With another end", [f"{was.told()}  {was.state} -> {will.state}" for was, will in _both(other)])
    return "\n".join(told)


def _sorted(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.key)


def _both(pairs: list[tuple[Line, Line]]) -> list[tuple[Line, Line]]:
    return sorted(pairs, key=lambda pair: pair[0].key)


def _when(line: Line) -> str:
    return f"{line.due} {line.zone}, {line.state}" if line.due else line.state


def _by(was: Line, will: Line) -> str:
    """Return by how much a message moved, in words."""
    if not (was.due and will.due):
        return ""
    by = datetime.fromisoformat(will.due) - datetime.fromisoformat(was.due)
    if not by:
        return ", the same instant"
    hours, minutes = divmod(abs(by) % timedelta(days=1) // timedelta(minutes=1), 60)
    parts = ((abs(by).days, "day"), (hours, "hour"), (minutes, "minute"))
    size = " ".join(f"{count} {name}{'s' * (count > 1)}" for count, name in parts if count)
    return f", {size or 'seconds'} {'later' if by > timedelta() else 'earlier'}"


def _counted(before: list[Line], now: list[Line], moved: list[tuple[Line, Line]]) -> list[str]:
    """Return a row for each message of each flow whose number or dates differ."""
    old, new = (Counter((line.flow, line.step) for line in lines) for lines in (before, now))
    shifted = Counter((was.flow, was.step) for was, _ in moved)
    rows = [
        f"{flow} {step}: {old[flow, step]} before, {new[flow, step]} now, {shifted[flow, step]} moved"
        for flow, step in sorted(old | new)
        if old[flow, step] != new[flow, step] or shifted[flow, step]
    ]
    return _listed("By flow and step", rows, most=len(rows))


def _listed(title: str, rows: list[str], most: int = SHOWN) -> list[str]:
    rest = [f"  and {len(rows) - most} more"] if len(rows) > most else []
    return ["", f"{title}:", *(f"  {row}" for row in rows[:most]), *rest] if rows else []
