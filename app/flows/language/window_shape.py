"""Read, write and publish hours of a day: the window a step may speak in, and a time of day to wait for. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, Final

from app.flows.language.shape import Errors, Whole
from app.flows.language.window import DAY, EVERY_DAY, HOUR, SendWindow, at_time

TIME: Final = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")
MINUTE: Final = Whole("Minute must be {least} to {most}.", 0, 59)
FIELDS: Final = {
    "from_hour": Whole("First hour must be {least} to {most}.", 0, 23),
    "from_minute": MINUTE,
    "to_hour": Whole("Last hour must be {least} to {most}.", 1, 24),
    "to_minute": MINUTE,
}


class WindowKind:
    """The hours a step may speak in, or the one time of day it speaks at."""

    def read(self, raw: object, path: str, errors: Errors) -> SendWindow | None:
        """Return the window; what is wrong is told by part."""
        if not isinstance(raw, Mapping):
            errors.wrong(path, "Sending hours need a first and a last hour.")
            return None
        known = len(errors.told)
        for name in set(raw) - {*FIELDS, "weekdays", "exact"}:
            errors.wrong(f"{path}.{str(name)[:40]}", "There is no such field here.")
        hour, minute = self._part("from_hour", raw, path, errors), self._part("from_minute", raw, path, errors)
        days = raw.get("weekdays", sorted(EVERY_DAY))
        if not isinstance(days, list) or not days or any(type(day) is not int or day not in EVERY_DAY for day in days):
            errors.wrong(f"{path}.weekdays", "Choose at least one day of the week.")
            days = []
        if not isinstance(raw.get("exact", False), bool):
            errors.wrong(f"{path}.exact", "Exact is true or false.")
        if raw.get("exact") is True:
            for name in ("to_hour", "to_minute"):
                if raw.get(name) is not None:
                    self._part(name, raw, path, errors)
            return at_time(hour, minute, frozenset(days))
        closes, last = self._part("to_hour", raw, path, errors), self._part("to_minute", raw, path, errors)
        window = SendWindow(hour, closes, frozenset(days), minute, last)
        if not hour * HOUR + minute < window.closes <= DAY and len(errors.told) == known:
            errors.wrong(
                f"{path}.to_hour", f"Last hour must be after {hour}:{minute:02}. You entered {closes}:{last:02}."
            )
        return window

    def write(self, value: SendWindow) -> dict[str, Any]:
        """Return hours and days, Monday is 0. One exact time has no last hour, full hours have no minutes."""
        last = {} if value.exact else {"to_hour": value.to_hour, **_given("to_minute", value.to_minute)}
        return {
            "from_hour": value.from_hour,
            **_given("from_minute", value.from_minute),
            **last,
            **_given("exact", value.exact),
            "weekdays": sorted(value.weekdays),
        }

    def schema(self) -> dict[str, Any]:
        """Return the parts; that the last hour comes after the first is the reader's to say."""
        days = {"type": "array", "items": {"enum": sorted(EVERY_DAY)}, "minItems": 1}
        parts = {name: whole.schema() for name, whole in FIELDS.items()}
        return {
            "type": "object",
            "properties": parts | {"weekdays": days, "exact": {"type": "boolean"}},
            "required": ["from_hour"],
            "additionalProperties": False,
        }

    def _part(self, name: str, raw: Mapping[str, Any], path: str, errors: Errors) -> int:
        given = raw.get(name, 0 if name.endswith("minute") else None)
        return FIELDS[name].read(given, f"{path}.{name}", errors)


class HourKind:
    """An hour and minute of the recipient's day, as 09:30."""

    def read(self, raw: object, path: str, errors: Errors) -> time | None:
        """Return the time of day."""
        found = TIME.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            errors.wrong(path, "Time of day must look like 09:30.")
            return None
        return time(int(found[1]), int(found[2]))

    def write(self, value: time) -> str:
        """Return hours and minutes."""
        return value.strftime("%H:%M")

    def schema(self) -> dict[str, Any]:
        """Return what it looks like."""
        return {"type": "string", "pattern": f"^{TIME.pattern}$", "maxLength": 5}


def _given(name: str, value: int) -> dict[str, int]:
    return {name: value} if value else {}
