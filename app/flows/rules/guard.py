"""Decide about one follow-up at its due time. Pure; the same function serves sending, previews, simulation and tests.

Rules are rows of one table and the first that matches wins. A rule looks at the lines still in question and either
stops the follow-up or returns the lines that go on. Rule numbers are stored with every decision and never reused.
Whoever changes what a rule does raises RULE_VERSION.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.flows.rules import frequency_rules, recipient_rules, sender_rules, subject_rules
from app.flows.rules.case import Case, Verdict
from app.flows.rules.decision import Facts, Hold, Postpone, Ruling, Send, Skip
from app.flows.rules.reasons import Reason
from app.flows.timing.limits import Limits

RULE_VERSION: Final = 7

RULES: Final[tuple[tuple[int, Callable[[Case], Verdict]], ...]] = (
    (1, sender_rules.shop_may_send),
    (2, sender_rules.flow_is_on),
    (3, subject_rules.not_said_before),
    (4, subject_rules.still_news),
    (5, subject_rules.order_stands),
    (6, subject_rules.something_left),
    (7, subject_rules.no_return_open),
    (8, subject_rules.in_hand),
    (9, subject_rules.goal_open),
    (10, frequency_rules.asked_lately),
    (11, recipient_rules.address_lives),
    (12, recipient_rules.law_allows),
    (13, recipient_rules.person_allows),
    (14, frequency_rules.not_held_out),
    (15, sender_rules.window_open),
    (16, frequency_rules.has_room),
    (17, frequency_rules.new_words),
    (18, sender_rules.can_be_written),
)
STALE_RULE: Final = 4


def decide(facts: Facts, limits: Limits, now: datetime) -> Ruling:
    """Return whether to send, skip, postpone or hold, with the rule that decided and those passed before it."""
    case = Case(facts, limits, now, facts.items)
    passed: list[int] = []
    for rule, check in RULES:
        verdict = check(case)
        if isinstance(verdict, tuple):
            passed.append(rule)
            if verdict is not case.lines:
                case = replace(case, lines=verdict)
        elif isinstance(verdict, Hold) and now >= facts.follow_up.expires_at:
            # What was held for too long ends: a resume must not bring back old news.
            return Skip(Reason.STALE, STALE_RULE, subject_rules.age(case), tuple(passed))
        elif isinstance(verdict, Postpone):
            until = min(verdict.until, facts.follow_up.expires_at)
            return replace(verdict, rule=rule, until=until, passed=tuple(passed))
        else:
            return replace(verdict, rule=rule, passed=tuple(passed))
    return Send(
        lines=tuple(line.order_line_id for line in case.lines),
        passed=tuple(passed),
        last_good=facts.template.problem is not None,
    )
