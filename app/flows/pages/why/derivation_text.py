"""Write a derivation as plain text, for the terminal and for support. Names no address.

Who reads it may sit anywhere, so it says whose clock "for you" is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.flows.pages.why.derivation import Derivation, Looked
from app.flows.words.day_words import FOR_YOU, clock_words, date_words, place_words
from app.flows.words.decided.explain import RuleLine


def derivation_text(told: Derivation) -> str:
    """Return the text, without a line end after the last line."""
    lines = [
        f"{told.step} · order {told.order} · message {told.follow_up_id}",
        f"  {told.why.explanation.verdict}",
        *_rules(told.why.explanation.rules),
    ]
    if told.by_hand:
        lines += ["  By hand:", *(f"    {words}" for words in told.by_hand)]
    if told.planned:
        lines += ["  Planned:", *(f"    {words}" for words in told.planned)]
    if told.if_now is not None:
        lines += [f"  If it were due right now (nothing is sent by asking): {told.if_now.verdict}"]
        lines += _rules(told.if_now.rules)
    if told.earlier:
        lines += ["  Looked at:", *(f"    {_found(told, each)}" for each in told.earlier)]
    lines.append(f"  Rules version {told.rule_version}. Read {_when(told, told.now)}.")
    text = "\n".join(lines)
    return f"{text} For you: by the shop's clock, {told.zone.key}." if FOR_YOU in text else text


def _rules(rules: Iterable[RuleLine]) -> list[str]:
    return [f"    {'passed ' if rule.passed else 'STOPPED'} {rule.rule:>2}  {rule.words}" for rule in rules]


def _found(told: Derivation, each: Looked) -> str:
    again = again_words(each.times, _when(told, each.since)) if each.since is not None else ""
    return f"{_when(told, each.at)}: {each.words} {again}".rstrip()


def again_words(times: int, since: str) -> str:
    """Return how often the same was found, "" for once."""
    return f"Looked at {times} times since {since}, each time for the same reason." if times > 1 else ""


def _when(told: Derivation, at: datetime) -> str:
    return f"{date_words(at, told.zone, told.now)} {clock_words(at, told.zone)}{place_words(told.zone)}"
