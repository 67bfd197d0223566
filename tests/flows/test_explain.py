"""What the merchant reads: one plain sentence, then the derivation."""

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis.strategies import datetimes, just, sampled_from

from app.flows.language.steps import StepState
from app.flows.rules.decision import (
    CustomerFacts,
    FlowFacts,
    OpenReturn,
    Sent,
    ShopFacts,
    ShopState,
    TemplateFacts,
)
from app.flows.rules.guard import RULES
from app.flows.rules.reason_sentences import SENTENCES, sentence
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import recorded
from app.flows.words.day_words import your_words
from app.flows.words.decided.explain import explain, reason_words
from app.flows.words.decided.passed_words import WORDS
from tests.flows.cases import LINE, NOON, SHIPPED, facts, lines, verdict, with_

DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
ZONES = ("Europe/London", "Europe/Berlin", "Asia/Tokyo", "Pacific/Auckland", "America/New_York", "Etc/UTC")
ON_ITS_WAY = replace(LINE, delivered_at=None, delivered_source=None)


def told(known, person, now=NOON):
    return explain(recorded(verdict(known, now), known, now), person)


@pytest.mark.parametrize(
    ("person", "known", "words"),
    [
        (
            "Bernd",
            facts(customer=CustomerFacts(country="DE")),
            "Bernd: not asked. In Germany a review request counts as advertising, and Bernd has not agreed.",
        ),
        (
            "Chloe",
            with_(facts(), order={"financial_status": "refunded", "refunded_at": NOON - 3 * DAY}),
            "Chloe: not asked, refunded on Tuesday.",
        ),
        ("Dai", with_(facts(), follow_up={"zone": "Asia/Tokyo"}), "Dai: waits until tomorrow 9:00 in Tokyo."),
        (
            "Emi",
            facts(open_returns=(OpenReturn("#1402-R1", NOON - DAY),)),
            "Emi's return is open. Continues when it closes, until Thursday 10 December.",
        ),
        (
            "Farid",
            facts(items=(replace(ON_ITS_WAY, tracked=False),)),
            "Farid: no tracking, asked by Wednesday 2 December at the latest.",
        ),
        (
            "Grace",
            facts(items=lines({"refunded": True, "current_quantity": 0})),
            "Grace: not asked, everything this was about was refunded.",
        ),
        (
            "Ana",
            facts(items=(ON_ITS_WAY,)),
            "Ana's parcel has not arrived yet. Asked after it does, by Wednesday 2 December at the latest.",
        ),
        (
            "Ana",
            facts("delivered", items=(ON_ITS_WAY,)),
            "Ana's parcel has not arrived yet. Sent when it does.",
        ),
        (
            "Ana",
            facts(items=lines({"delivered_at": NOON - DAY})),
            "Ana's parcel arrived yesterday. Asked Thursday 26 November 12:00 in London.",
        ),
        (
            "Ana",
            facts(shop=ShopFacts(paused_at=NOON - 4 * DAY, paused_by="Maria")),
            (
                "All sending was paused by Maria on Monday 16 November."
                " Continues when you resume, until Thursday 10 December."
            ),
        ),
        (
            "Ana",
            facts(flow=FlowFacts(running=False)),
            "This flow has not been started. Continues when you start it, until Thursday 10 December.",
        ),
        (
            "Ana",
            facts(items=lines({"sent": Sent.UNKNOWN})),
            "This message may or may not have reached Ana. It is never sent twice by itself.",
        ),
        (
            "Ana",
            facts("shipped"),
            "Ana: not sent, the parcel arrived on Friday 13 November before this news could leave.",
        ),
        (
            "",
            facts(customer=CustomerFacts(country=None)),
            (
                "The customer: not asked. The country is unknown, so the strictest rule holds,"
                " and the customer has not agreed to marketing."
            ),
        ),
        (
            "Ana",
            facts(customer=CustomerFacts(country="GB", stopped="hard_bounce", stopped_words="5.1.1 user unknown")),
            (
                "Ana: not asked, the address does not take mail (“5.1.1 user unknown”)."
                " An order placed under another address gets its own."
            ),
        ),
    ],
)
def test_the_verdict_is_the_fact_and_what_would_change_it(person, known, words):
    assert told(known, person).verdict == words


def test_a_message_that_left_says_when_by_the_recipients_clock():
    assert told(facts(), "Ana").verdict == "Asked Ana today at 12:00 in London: every rule passed."


def test_whoever_reads_by_another_clock_gets_both_hours_where_the_recipients_decides():
    known = with_(facts(), follow_up={"zone": "Asia/Tokyo"})
    morning = NOON + timedelta(hours=13)  # 10:00 in Tokyo, 1:00 in London
    told = explain(recorded(verdict(known, morning), known, morning), "Dai", yours=LONDON)
    assert told.verdict == "Asked Dai today at 10:00 in Tokyo, 1:00 for you: every rule passed."
    words = {line.rule: line.words for line in told.rules}
    assert words[15] == "It is 10:00 in Tokyo, within 9:00 to 20:00, 1:00 for you."
    waits = explain(recorded(verdict(known), known, NOON), "Dai", yours=ZoneInfo("America/New_York"))
    assert waits.verdict == "Dai: waits until tomorrow 9:00 in Tokyo, today 19:00 for you."
    assert "until: tomorrow" not in waits.rules[-1].words


@given(
    at=datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=just(UTC)),  # noqa: DTZ001
    zone=sampled_from(ZONES),
    yours=sampled_from(ZONES),
)
def test_an_hour_for_you_stands_exactly_where_the_clocks_differ(at, zone, yours):
    told = your_words(at, ZoneInfo(zone), ZoneInfo(yours), NOON)
    same = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == at.astimezone(ZoneInfo(yours)).replace(tzinfo=None)
    assert (told == "") == same
    if told:
        local = at.astimezone(ZoneInfo(yours))
        assert told.endswith(f"{local.hour}:{local.minute:02} for you")
        assert told.startswith(" their time, " if zone == "Etc/UTC" else ", ")


def test_the_derivation_lists_the_rules_passed_and_the_one_that_stopped_it():
    explanation = told(facts(items=(ON_ITS_WAY,)), "Ana")
    assert [(line.rule, line.passed) for line in explanation.rules] == [(n, True) for n in range(1, 8)] + [(8, False)]
    assert "shipped at: Wednesday 11 November 10:00 in London" in explanation.rules[-1].words


def test_a_send_shows_every_rule_with_what_it_saw():
    words = {line.rule: line.words for line in told(facts(), "Ana").rules}
    assert list(words) == [number for number, _ in RULES]
    assert words[4] == "Still worth sending, until Thursday 10 December."
    assert words[6] == "Still part of it: 1 of 1 item."
    assert words[8] == "Arrived on Friday 13 November (carrier scan)."
    assert words[12] == ("In the United Kingdom a buyer may be asked about the purchase itself. No consent is needed.")
    assert words[15] == "It is 12:00 in London, within 9:00 to 20:00."


def test_a_send_on_the_latest_day_says_that_nobody_reported_the_parcel():
    known = facts(items=(ON_ITS_WAY,))
    latest = SHIPPED + known.step.fallback
    asked = told(with_(known, follow_up={"expires_at": latest + DAY}), "Ana", latest)
    words = {line.rule: line.words for line in asked.rules}
    assert words[8] == "Nobody reported that the parcel arrived; the latest day to wait for that has come."


def test_every_rule_has_words():
    assert set(WORDS) == {number for number, _ in RULES}


def test_every_reason_has_a_sentence_and_every_sentence_a_reason():
    assert {key.split("/")[0] for key in SENTENCES} == {reason.value for reason in Reason}


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_a_sentence_is_whole(key):
    reason, _, variant = key.partition("/")
    names = {name for _, name, _, _ in string.Formatter().parse(SENTENCES[key]) if name}
    text = sentence(Reason(reason), dict.fromkeys(names, "x"), variant or None)
    assert text.endswith(".")
    assert "{" not in text
    assert not {"unfortunately", "oops", "sorry", "please"} & set(text.lower().split())


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_can_be_told_from_facts(reason):
    bare = facts(items=())
    rich = facts(shop=ShopFacts(ShopState.UNINSTALLED, NOON, "Maria"), flow=FlowFacts(step_state=StepState.PAUSED))
    for known in (bare, rich):
        text = reason_words(reason, known, "Ana", until=NOON + DAY, now=NOON)
        assert text.endswith(".")
        assert "None" not in text


def test_a_record_survives_the_trip_through_json_and_explains_itself_the_same():
    for known in (facts(), facts(items=lines({}, {"sent": Sent.ACCEPTED})), facts(template=TemplateFacts("broken"))):
        kept = recorded(verdict(known), known, NOON)
        again = replace(kept, facts=json.loads(json.dumps(kept.facts)))
        assert again.read_facts() == known
        assert verdict(again.read_facts()) == verdict(known)
        assert explain(again, "Ana") == explain(kept, "Ana")


def test_an_older_record_without_a_newer_field_still_explains_itself():
    known = facts(customer=CustomerFacts(country="DE"), template=TemplateFacts(last_good=True))
    kept = recorded(verdict(known), known, NOON)
    older = json.loads(json.dumps(kept.facts))
    del older["facts"]["template"]
    older["facts"]["customer"]["some_field_of_the_past"] = 1
    assert explain(replace(kept, facts=older), "Bernd").verdict.startswith("Bernd: not asked. In Germany")
