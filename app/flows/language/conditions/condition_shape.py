"""Read, write and publish conditions: {"fact", "op", "value"}, {"all": […]}, {"any": […]}, {"not": …}. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.flows.language.conditions.facts import LISTS, OPS, SORTS, Fact, Op, Sort, Value
from app.flows.language.conditions.judge import Compare, Condition, Every, Not, Some
from app.flows.language.shape import UNKEPT, Errors, entered

DEEPEST: Final = 8
MOST: Final = 50
LARGEST: Final = 10**12
REF: Final = "condition"
NO_FACT: Final = 'Expected a comparison, or conditions under "all", "any" or "not".'
PLAIN: Final[dict[str, Any]] = {"type": "string", "pattern": r"\S", "maxLength": 200}


class ConditionKind:
    """What a field holds that asks a condition."""

    def read(self, raw: object, path: str, errors: Errors) -> Condition | None:
        """Return the condition; None where it is wrong."""
        return _read(raw, path, errors, 0)

    def write(self, value: Condition) -> Any:
        """Return the condition as JSON."""
        return write(value)

    def schema(self) -> dict[str, Any]:
        """Return a reference: conditions hold conditions."""
        return {"$ref": f"#/$defs/{REF}"}


def write(condition: Condition) -> dict[str, Any]:
    """Return a condition as JSON."""
    match condition:
        case Compare():
            value = list(condition.value) if isinstance(condition.value, tuple) else condition.value
            return {"fact": condition.fact.value, "op": condition.op.value, "value": value}
        case Every():
            return {"all": [write(each) for each in condition.of]}
        case Some():
            return {"any": [write(each) for each in condition.of]}
        case Not():
            return {"not": write(condition.of)}


def definition() -> dict[str, Any]:
    """Return the JSON Schema of a condition."""
    several = {"type": "array", "items": {"$ref": f"#/$defs/{REF}"}, "minItems": 1, "maxItems": MOST}
    found: list[dict[str, Any]] = [_only({"all": several}), _only({"any": several})]
    found.append(_only({"not": {"$ref": f"#/$defs/{REF}"}}))
    for sort in Sort:
        facts = {"enum": [fact.value for fact in Fact if SORTS[fact] is sort]}
        one = [op.value for op in OPS[sort] if op not in LISTS]
        many = [op.value for op in OPS[sort] if op in LISTS]
        if one:
            found.append(_only({"fact": facts, "op": {"enum": one}, "value": _value_schema(sort)}))
        if many:
            listed = {"type": "array", "items": PLAIN, "minItems": 1, "maxItems": MOST}
            found.append(_only({"fact": facts, "op": {"enum": many}, "value": listed}))
    return {"oneOf": found}


def _only(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _value_schema(sort: Sort) -> dict[str, Any]:
    match sort:
        case Sort.NUMBER:
            return {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
        case Sort.FLAG:
            return {"type": "boolean"}
        case Sort.TEXT | Sort.TEXTS:
            return PLAIN


def _read(raw: object, path: str, errors: Errors, depth: int) -> Condition | None:
    if not isinstance(raw, Mapping):
        errors.wrong(path, NO_FACT)
        return None
    if depth > DEEPEST:
        errors.wrong(path, f"Conditions may stand in each other {DEEPEST} deep.")
        return None
    if set(raw) == {"not"}:
        inner = _read(raw["not"], f"{path}.not", errors, depth + 1)
        return None if inner is None else Not(inner)
    if set(raw) in ({"all"}, {"any"}):
        (name,) = raw
        return _several(name, raw[name], f"{path}.{name}", errors, depth)
    if set(raw) != {"fact", "op", "value"}:
        errors.wrong(path, NO_FACT)
        return None
    return _compare(raw, path, errors)


def _several(name: str, raw: object, path: str, errors: Errors, depth: int) -> Condition | None:
    if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
        errors.wrong(path, f"Expected 1 to {MOST} conditions.")
        return None
    found = [_read(each, f"{path}.{position}", errors, depth + 1) for position, each in enumerate(raw)]
    kept = tuple(each for each in found if each is not None)
    if len(kept) < len(found):
        return None
    return Every(kept) if name == "all" else Some(kept)


def _compare(raw: Mapping[str, Any], path: str, errors: Errors) -> Condition | None:
    facts = {fact.value: fact for fact in Fact}
    named = raw["fact"]
    if not isinstance(named, str) or named not in facts:
        errors.wrong(f"{path}.fact", f"There is no such fact. {entered(named)} Known are {', '.join(facts)}.")
        return None
    fact = facts[named]
    sort = SORTS[fact]
    ops = {op.value: op for op in OPS[sort]}
    if not isinstance(raw["op"], str) or raw["op"] not in ops:
        errors.wrong(f"{path}.op", f"{fact.value} can be compared by {', '.join(ops)}. {entered(raw['op'])}")
        return None
    op = ops[raw["op"]]
    value = _value(raw["value"], sort, op)
    if value is None:
        errors.wrong(f"{path}.value", f"{_wanted(sort, op)} {entered(raw['value'])}")
        return None
    return Compare(fact, op, value)


def _value(raw: object, sort: Sort, op: Op) -> Value | None:
    if op in LISTS:
        if not isinstance(raw, list) or not 1 <= len(raw) <= MOST:
            return None
        texts = tuple(each.strip() for each in raw if _is_text(each))
        return texts if len(texts) == len(raw) else None
    if sort is Sort.FLAG:
        return raw if isinstance(raw, bool) else None
    if sort is Sort.NUMBER:
        fits = isinstance(raw, int | float) and not isinstance(raw, bool)
        return raw if fits and isinstance(raw, int | float) and -LARGEST <= raw <= LARGEST else None  # nor is NaN
    return raw.strip() if isinstance(raw, str) and _is_text(raw) else None


def _is_text(raw: object) -> bool:
    return isinstance(raw, str) and bool(raw.strip()) and len(raw) <= PLAIN["maxLength"] and not UNKEPT.search(raw)


def _wanted(sort: Sort, op: Op) -> str:
    if op in LISTS:
        return f"Expected a list of 1 to {MOST} texts."
    return {Sort.NUMBER: "Expected a number.", Sort.FLAG: "Expected true or false."}.get(sort, "Expected a text.")
