"""Judge conditions: one function over known facts, three answers. Pure.

What is not known is neither true nor false, and stays so under `not`; in the end only what is known to be true holds.
Every comparison that was made is kept with what was found, so that a way taken can be explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from app.flows.language.conditions.facts import SORTS, Fact, Known, Op, Sort, Value


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare one fact with a value."""

    fact: Fact
    op: Op
    value: Value


@dataclass(frozen=True, slots=True)
class Every:
    """Hold where all of several hold."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Hold where at least one of several holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Hold where another is known not to."""

    of: Condition


Condition: TypeAlias = Compare | Every | Some | Not


@dataclass(frozen=True, slots=True)
class Finding:
    """One comparison that was made. `holds` is None where the fact is unknown."""

    fact: Fact
    op: Op
    value: Value
    found: bool | int | Decimal | str | frozenset[str] | None
    holds: bool | None

    def as_json(self) -> dict[str, Any]:
        """Return it as kept with a decision."""
        found: Any = self.found
        if isinstance(found, frozenset):
            found = sorted(found)
        elif isinstance(found, Decimal):
            found = str(found)
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"fact": self.fact.value, "op": self.op.value, "value": value, "found": found, "holds": self.holds}


def read_finding(raw: Mapping[str, Any]) -> Finding | None:
    """Return the finding that was kept; None where its fact or comparison is no longer known."""
    if raw.get("fact") not in set(Fact) or raw.get("op") not in set(Op):
        return None
    value, found = raw.get("value"), raw.get("found")
    return Finding(
        Fact(raw["fact"]),
        Op(raw["op"]),
        tuple(value) if isinstance(value, list) else value,  # type: ignore[arg-type] # as it was written
        frozenset(found) if isinstance(found, list) else found,
        raw.get("holds"),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """Say whether a condition holds, and by which comparisons."""

    holds: bool
    findings: tuple[Finding, ...] = ()
    decisive: tuple[Finding, ...] = ()  # those that spoke against it or could not be made; under `not`, those that hold


def judge(condition: Condition | None, known: Known) -> Judged:
    """Return whether a condition holds for what is known; no condition holds for everything."""
    if condition is None:
        return Judged(holds=True)
    findings: list[tuple[Finding, bool]] = []
    holds = _truth(condition, known, findings, wanted=True) is True
    against = (each for each, wanted in findings if each.holds is not wanted)
    return Judged(holds, tuple(each for each, _ in findings), tuple(against))


def asked(condition: Condition | None) -> frozenset[Fact]:
    """Return the facts a condition asks about."""
    match condition:
        case None:
            return frozenset()
        case Compare():
            return frozenset({condition.fact})
        case Every() | Some():
            return frozenset().union(*(asked(each) for each in condition.of))
        case Not():
            return asked(condition.of)


def _truth(condition: Condition, known: Known, findings: list[tuple[Finding, bool]], *, wanted: bool) -> bool | None:
    """Return whether it holds; `wanted` is what speaks for the whole, so that each comparison is kept with it."""
    match condition:
        case Compare():
            found = known.get(condition.fact)
            holds = None if found is None else _compare(condition, found)
            findings.append((Finding(condition.fact, condition.op, condition.value, found, holds), wanted))
            return holds
        case Every():
            return _all(_truth(each, known, findings, wanted=wanted) for each in condition.of)
        case Some():
            return _not(_all(_not(_truth(each, known, findings, wanted=wanted)) for each in condition.of))
        case Not():
            return _not(_truth(condition.of, known, findings, wanted=not wanted))


def _all(answers: Iterable[bool | None]) -> bool | None:
    told = list(answers)  # every comparison is made, so that every finding is kept
    if False in told:
        return False
    return None if None in told else True


def _not(answer: bool | None) -> bool | None:  # noqa: FBT001 - one of three answers
    return None if answer is None else not answer


def _compare(asked_of: Compare, found: bool | int | Decimal | str | frozenset[str]) -> bool:  # noqa: FBT001 - a fact
    value, op = asked_of.value, asked_of.op
    match SORTS[asked_of.fact]:
        case Sort.FLAG:
            return found is value
        case Sort.NUMBER:
            return _number(op, Decimal(str(found)), Decimal(str(value)))
        case Sort.TEXT:
            wanted = {_plain(each) for each in (value if isinstance(value, tuple) else (value,))}
            return (_plain(found) in wanted) is (op in {Op.IS, Op.ONE_OF})
        case Sort.TEXTS:
            there = {_plain(each) for each in found} if isinstance(found, frozenset) else {_plain(found)}
            wanted = {_plain(each) for each in (value if isinstance(value, tuple) else (value,))}
            return bool(there & wanted) is (op is Op.ONE_OF)


def _number(op: Op, found: Decimal, value: Decimal) -> bool:
    match op:
        case Op.AT_LEAST:
            return found >= value
        case Op.AT_MOST:
            return found <= value
        case _:
            return (found == value) is (op is Op.IS)


def _plain(text: object) -> str:
    return str(text).strip().casefold()
