"""What a record leaves out says what it said by default when it was written: no default may change its meaning."""

import json
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import get_args, get_type_hints

from app.flows.rules.decision import Facts, Hold, Postpone, Send, Skip

KEPT = Path(__file__).with_name("recorded_defaults.json")


def reached(kind, found):
    """Add a dataclass and all those its fields are made of."""
    if is_dataclass(kind) and kind not in found:
        found.append(kind)
        for hint in get_type_hints(kind).values():
            reached(hint, found)
    for each in get_args(kind):
        reached(each, found)
    return found


def told(value):
    if is_dataclass(value):
        return type(value).__name__
    if isinstance(value, frozenset | tuple):
        return sorted(map(told, value))
    if isinstance(value, timedelta):
        return value.total_seconds()
    return getattr(value, "value", value)


def default_of(field):
    return field.default if field.default_factory is MISSING else field.default_factory()


def test_the_defaults_records_were_written_with_still_hold():
    """A new field is added to the file. One that stands in it keeps its default, however old its records are."""
    now = {
        kind.__name__: {
            field.name: told(default_of(field)) for field in fields(kind) if default_of(field) is not MISSING
        }
        for top in (Facts, Send, Skip, Postpone, Hold)
        for kind in reached(top, [])
    }
    assert json.loads(json.dumps(now)) == json.loads(KEPT.read_text())


def test_all_that_is_told_by_class_is_told_by_its_fields():
    assert {name for name, kept in json.loads(KEPT.read_text()).items() if kept} >= {"Facts", "Item", "Calendar"}
