"""Describe fields once, and read, write and publish them by that description. Pure.

A kind of value knows how it is read from JSON with a sentence for what is wrong, how it is written, and what its JSON
Schema is: the reader and the schema cannot come apart. Rules between fields are not shape; they live in `checks`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
UNKEPT: Final = re.compile(r"[\x00\ud800-\udfff]")  # no database text holds a NUL, no UTF-8 half a pair
MISSING: Final = object()


@dataclass(slots=True)
class Errors:
    """Collect what is wrong by path instead of stopping at the first. `typed` lets digits count as numbers."""

    told: dict[str, str] = field(default_factory=dict)
    typed: bool = False
    depth: int = 0  # how many lists of steps reading stands in
    around: Mapping[str, Any] = field(default_factory=dict)  # the fields beside the one being read

    def wrong(self, path: str, sentence: str) -> None:
        """Keep the first sentence for a path."""
        self.told.setdefault(path, sentence)


class Kind(Protocol):
    """What a field may hold."""

    def read(self, raw: object, path: str, errors: Errors) -> Any:
        """Return the value; where it is wrong, say so and return one that lets reading go on."""

    def write(self, value: Any) -> Any:
        """Return the value as JSON."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what is written."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that says something. `is_key` ones are names for machines."""

    label: str
    longest: int = 200
    is_key: bool = False

    def read(self, raw: object, path: str, errors: Errors) -> str:
        """Return the text without the blanks around it."""
        text = raw.strip() if isinstance(raw, str) else ""
        if not text:
            errors.wrong(path, f"{self.label} is missing.")
        elif self.is_key and not KEY.fullmatch(text):
            errors.wrong(path, f"{self.label} takes small letters, digits and _, 40 at most. {entered(raw)}")
        elif isinstance(raw, str) and len(raw) > self.longest:
            errors.wrong(path, f"{self.label} may have {self.longest} characters. It has {len(raw)}.")
        elif UNKEPT.search(text):
            errors.wrong(path, f"{self.label} holds a character that cannot be kept. {entered(raw)}")
        return text

    def write(self, value: str) -> str:
        """Return the text."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return a text with something in it."""
        if self.is_key:
            return {"type": "string", "pattern": f"^\\s*{KEY.pattern}\\s*$"}
        return {"type": "string", "pattern": r"\S", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a closed list."""

    label: str
    of: type[StrEnum]

    def read(self, raw: object, path: str, errors: Errors) -> StrEnum:
        """Return the member."""
        if isinstance(raw, str) and raw in {member.value for member in self.of}:
            return self.of(raw)
        allowed = ", ".join(member.value for member in self.of)
        errors.wrong(path, f"{self.label} must be one of {allowed}. {entered(raw)}")
        return next(iter(self.of))

    def write(self, value: StrEnum) -> str:
        """Return its name."""
        return value.value

    def schema(self) -> dict[str, Any]:
        """Return the list."""
        return {"enum": [member.value for member in self.of]}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in bounds. `least_by` raises the lower bound by what stands around the field."""

    rule: str  # "Delay must be {least} to {most} days."
    least: int
    most: int
    least_by: Callable[[Mapping[str, Any]], int] | None = None

    def read(self, raw: object, path: str, errors: Errors) -> int:
        """Return the number."""
        least = self.least_by(errors.around) if self.least_by else self.least
        value = typed_number(raw) if errors.typed else raw
        value = int(value) if isinstance(value, float) and value.is_integer() else value  # 7.0 is a 7 in JSON
        if type(value) is int and least <= value <= self.most:
            return value
        errors.wrong(path, f"{self.rule.format(least=least, most=self.most)} {entered(raw)}")
        return least

    def write(self, value: int) -> int:
        """Return the number."""
        return value

    def schema(self) -> dict[str, Any]:
        """Return the bounds that hold wherever it stands."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or nothing."""

    kind: Kind

    def read(self, raw: object, path: str, errors: Errors) -> Any:
        """Return the value, None for nothing."""
        return None if raw is None else self.kind.read(raw, path, errors)

    def write(self, value: Any) -> Any:
        """Return the value or null."""
        return None if value is None else self.kind.write(value)

    def schema(self) -> dict[str, Any]:
        """Return either."""
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}


@dataclass(frozen=True, slots=True)
class Several:
    """A list of one kind."""

    kind: Kind
    empty: str = ""  # the sentence for an empty list, where there must be something
    most: int = 100

    def read(self, raw: object, path: str, errors: Errors) -> tuple[Any, ...]:
        """Return the entries."""
        if not isinstance(raw, list) or (self.empty and not raw):
            errors.wrong(path, self.empty or f"Expected a list. {entered(raw)}")
            return ()
        if len(raw) > self.most:
            errors.wrong(path, f"At most {self.most} entries. There are {len(raw)}.")
            return ()
        return tuple(self.kind.read(each, f"{path}.{position}", errors) for position, each in enumerate(raw))

    def write(self, value: tuple[Any, ...]) -> list[Any]:
        """Return the list."""
        return [self.kind.write(each) for each in value]

    def schema(self) -> dict[str, Any]:
        """Return the list."""
        return {
            "type": "array",
            "items": self.kind.schema(),
            "minItems": 1 if self.empty else 0,
            "maxItems": self.most,
        }


@dataclass(frozen=True, slots=True)
class Field:
    """One named field. Without a `default` it must be there; the default is the JSON that stands for its absence."""

    name: str
    kind: Kind
    default: object = MISSING


@dataclass(frozen=True, slots=True)
class Shape:
    """A set of named fields. `build` makes the value of what was read, `parts` takes it apart again."""

    fields: tuple[Field, ...]
    build: Callable[[dict[str, Any]], Any]
    parts: Callable[[Any], dict[str, Any]]
    ref: str = ""  # its name in the schema's definitions
    fixed: Mapping[str, str] = field(default_factory=dict)  # {"type": "send"}

    def read(self, raw: object, path: str, errors: Errors) -> Any:
        """Return the value; None where `raw` is no set of fields."""
        if not isinstance(raw, Mapping):
            errors.wrong(path or "document", "Expected a set of named fields.")
            return None
        before = f"{path}." if path else ""
        for name in raw:
            if name not in self.fixed and name not in {each.name for each in self.fields}:
                errors.wrong(f"{before}{str(name)[:40]}", "There is no such field here.")
        known = len(errors.told)
        values = {}
        for each in self.fields:
            given = raw.get(each.name, None if each.default is MISSING else each.default)
            errors.around = raw
            values[each.name] = each.kind.read(given, f"{before}{each.name}", errors)
        return self.build(values) if len(errors.told) == known else None

    def write(self, value: Any) -> dict[str, Any]:
        """Return the fields, defaults too: what is written is whole."""
        values = self.parts(value)
        return dict(self.fixed) | {each.name: each.kind.write(values[each.name]) for each in self.fields}

    def schema(self) -> dict[str, Any]:
        """Return a reference where the shape has a name, else the shape."""
        return {"$ref": f"#/$defs/{self.ref}"} if self.ref else self.definition()

    def definition(self) -> dict[str, Any]:
        """Return what the reference stands for."""
        return {
            "type": "object",
            "properties": {name: {"const": value} for name, value in self.fixed.items()}
            | {each.name: each.kind.schema() for each in self.fields},
            "required": [*self.fixed, *(each.name for each in self.fields if each.default is MISSING)],
            "additionalProperties": False,
        }


def typed_number(raw: object) -> object:
    """Return the number a person typed; anything else as it is."""
    text = raw.strip() if isinstance(raw, str) else ""
    return int(text) if 0 < len(text) <= 6 and text.isascii() and text.isdigit() else raw


def entered(value: object) -> str:
    """Return "You entered 0."."""
    if value is None or value == "":
        return "You entered nothing."
    try:
        return f"You entered {str(value)[:40]}."
    except ValueError:  # Python writes out no whole number of over 4,300 digits
        return "You entered a number too long to show."


def sayable(text: str) -> str:
    """Return a text that every page and terminal can show, whatever was entered."""
    return UNKEPT.sub("\ufffd", text)
