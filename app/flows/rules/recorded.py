"""A decision as it is kept, and what can be read out of it again. Pure. Nothing in it names a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from app.flows.rules.decision import Facts, Hold, Postpone, Ruling, Send, Skip
from app.flows.rules.facts_json import from_json, to_text
from app.flows.rules.guard import RULE_VERSION

OUTCOMES: Final = {Send: "send", Skip: "skip", Postpone: "postpone", Hold: "hold"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One evaluation: the columns of the decision table. `facts` is what `kept_facts` wrote."""

    decided_at: datetime
    outcome: str  # send | skip | postpone | hold
    rule: int | None  # None for a send: no rule stopped it
    reason: str | None
    until: datetime | None
    facts: Mapping[str, Any]
    rule_version: int = RULE_VERSION

    def read_facts(self) -> Facts:
        """Return what went in. Raises TypeError, ValueError or KeyError where the record is not one of ours."""
        return from_json(Facts, self.facts["facts"])

    @property
    def passed(self) -> list[int]:
        """Return the rules that were passed, in the order they ran."""
        return list(self.facts["verdict"].get("passed", ()))

    @property
    def looked_at(self) -> Mapping[str, Any]:
        """Return what the rule that stopped it looked at."""
        return dict(self.facts["verdict"].get("looked_at", {}))


def kept_facts(facts: Facts, verdict: Ruling) -> dict[str, Any]:
    """Return the JSON to keep: what went in ("facts") and what came out with its derivation ("verdict")."""
    found: dict[str, Any] = orjson.loads(kept_text(facts, verdict))
    return found


def kept_text(facts: Facts, verdict: Ruling) -> bytes:
    """Return the same as JSON text, to be kept without being read in between."""
    return to_text({"facts": facts, "verdict": verdict})


def columns(verdict: Ruling, now: datetime) -> dict[str, Any]:
    """Return the columns that say what came out."""
    stopped = None if isinstance(verdict, Send) else verdict
    return {
        "decided_at": now,
        "outcome": OUTCOMES[type(verdict)],
        "rule": stopped.rule if stopped else None,
        "reason": stopped.reason.value if stopped else None,
        "until": verdict.until if isinstance(verdict, Postpone) else None,
        "rule_version": RULE_VERSION,
    }


def recorded(verdict: Ruling, facts: Facts, now: datetime) -> Recorded:
    """Return the columns to keep for one evaluation."""
    return Recorded(facts=kept_facts(facts, verdict), **columns(verdict, now))
