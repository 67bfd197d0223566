"""The claims about the guard: the cap, the kept decisions, the reasons, the law by country."""

import itertools
import random
import re
from dataclasses import replace
from datetime import timedelta

from app.customers.legal_basis import Basis, MessageClass
from app.customers.policy.judge import Person, judge, row_for
from app.customers.policy.rows import GERMAN, OTHER_EEA, ROWS
from app.customers.policy.terms import Channel, Declared, Need
from app.flows.rules.decision import Send
from app.flows.rules.guard import RULES, decide
from app.flows.rules.reason_sentences import SENTENCES
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import OUTCOMES, recorded
from app.flows.rules.turn import MONTH, WEEK
from app.flows.words.decided.explain import explain
from tests.flows.cases import LIMITS, NOON, facts, with_
from tests.flows.test_guard import TABLE
from tests.guard.every_reason import OUTSIDE, every_case
from tests.guard.one_person import drawn, exceeded, run
from tests.prove.claims import Figure, Scale, claim

SEED = 20261122
DAY = timedelta(days=1)


@claim("engine", "No sliding window ever holds more messages to a person than the measure (I14)", quick=True)
def within_the_measure(scale: Scale) -> Figure:
    """Run random schedules through the guard and count every window afterwards; what did not go says why."""
    schedules, messages, evaluations, over, silent = scale(2_000, quick=80), 0, 0, 0, 0
    for number in range(schedules):
        wanted, bounds, rng = drawn(SEED + number)
        evaluations += run(wanted, bounds, rng)
        messages += len(wanted)
        over += exceeded(wanted, bounds)
        silent += sum(each.sent_at is None and each.ended is None for each in wanted)
    words = f"{schedules:,} schedules, {messages:,} messages, {evaluations:,} evaluations: {over} windows over"
    return Figure(f"{words}, {silent} silent ({WEEK.days} and {MONTH.days} days, seed {SEED})", over == silent == 0)


@claim("engine", "What is kept of a decision decides the same again", quick=True)
def same_again(scale: Scale) -> Figure:
    """Draw combinations of facts, decide, keep as the database keeps, read back and decide again."""
    rng = random.Random(SEED)
    parts = [row[0] for row in TABLE]
    count, other, outcomes = scale(20_000, quick=800), 0, set()
    for _ in range(count):
        known = facts(rng.choice(("thank_you", "shipped", "delivered", "product_help", "review_request")))
        for change in rng.sample(parts, rng.randrange(3)):
            known = replace(known, **change)
        known = with_(known, follow_up={"zone": rng.choice(("Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles"))})
        now = NOON + timedelta(minutes=rng.randrange(30 * 24 * 60))
        verdict = decide(known, LIMITS, now)
        record_ = recorded(verdict, known, now)
        again = decide(record_.read_facts(), LIMITS, record_.decided_at)
        other += again != verdict or OUTCOMES[type(again)] != record_.outcome
        outcomes.add((record_.outcome, record_.rule))
    return Figure(f"{count:,} decisions of {len(outcomes)} kinds: {other} differ (seed {SEED})", holds=other == 0)


@claim("engine", "Every rule stops something, and every reason is reached and told in words", quick=True)
def every_reason(_: Scale) -> Figure:
    """Walk the table of single facts, and the reasons only the world outside the table gives."""
    reached, rules, unworded = set(), set(), []
    for known in every_case():
        for now in (NOON, known.follow_up.expires_at):
            verdict = decide(known, LIMITS, now)
            if isinstance(verdict, Send):
                continue
            reached.add(verdict.reason.value)
            rules.add(verdict.rule)
            words = explain(recorded(verdict, known, now), "Ana", now).verdict
            if not words.endswith((".", ".”")) or re.search(r"[{}]", words):
                unworded.append(words)
    missing = {each.value for each in Reason} - reached - OUTSIDE
    numbers = {number for number, _ in RULES}
    untold = {each.value for each in Reason if each.value not in SENTENCES}
    words = f"{len(rules)} of {len(numbers)} rules, {len(reached)} of {len(Reason) - len(OUTSIDE)} reasons"
    fault = f"; not reached: {sorted(missing)}" if missing else ""
    return Figure(f"{words}, {len(SENTENCES)} sentences{fault}", not missing and not unworded and not untold)


@claim("engine", "Country, class and consent: what goes is what the table's rows say", quick=True)
def law_by_country(scale: Scale) -> Figure:
    """Walk every country the table names, with every class, consent and declaration, day by day around the limits."""
    countries = [*sorted({each for row in ROWS for each in row.countries} | {"BR", "IN"}), None, "", "ZZ", "Germany"]
    asked = wrong = 0
    for country, kind in itertools.product(countries, MessageClass):
        need = row_for(kind, country).need
        for agreed, refused, offered, service in itertools.product((True, False), repeat=4):
            for days in (1, 729, 730, 731) if scale.quick else (*range(1, 1500, 37), 729, 730, 731):
                person = Person(country, agreed, refused, NOON - days * DAY)
                found = judge(kind, person, now=NOON, declared=Declared(offered, service)).basis
                asked += 1
                wrong += found is not expected(kind, country, need, agreed, refused, offered, service, days)
        everything = Person(country, agreed=True, bought_at=NOON)
        for channel in set(Channel) - {Channel.EMAIL}:
            wrong += judge(kind, everything, now=NOON, channel=channel).basis is not None
    sources = {row.source.name for row in ROWS}
    unsure = {row.source.name for row in ROWS if not row.source.confirmed}
    words = f"{asked:,} questions, {wrong} wrong; {len(ROWS)} rows, {len(sources)} sources, {len(unsure)} unconfirmed"
    return Figure(words, holds=wrong == 0)


def expected(kind, country, need, agreed, refused, offered, service, days):
    """State the law anew, by the need of the row and nothing else of the app."""
    if kind is MessageClass.TRANSACTIONAL:
        return Basis.SALE
    if agreed and not refused:
        return Basis.CONSENT
    if need is Need.CUSTOMER:
        return Basis.CUSTOMER
    if refused or need is Need.CONSENT:
        return None
    if need is Need.IMPLIED:
        return Basis.IMPLIED if days < 730 else None
    if offered:
        return Basis.SOFT_OPT_IN
    code = (country or "").upper()
    own_word = service and kind is MessageClass.REVIEW_ASK and code in OTHER_EEA and code not in GERMAN
    return Basis.CUSTOMER if own_word else None
