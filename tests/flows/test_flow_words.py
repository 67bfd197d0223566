"""Every word of the language has words for the merchant, and every way a run goes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings

from app.flows.language.conditions.facts import Fact
from app.flows.language.conditions.judge import Finding, Op, read_finding
from app.flows.language.flow import nodes, ways
from app.flows.language.forms import flow_document
from app.flows.language.happenings import Event, Happening, Moment
from app.flows.runs.path import Taken
from app.flows.words.described.flow_words import DATES, HAPPENS, STARTS, flow_lines, steps_words
from app.flows.words.described.way_words import way_words
from tests.flows.documents import documents

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")


def test_every_word_has_words():
    assert (set(STARTS), set(HAPPENS), set(DATES)) == (set(Event), set(Happening), set(Moment))


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
@given(documents())
def test_whatever_a_flow_says_it_can_be_told(raw):
    flow = flow_document(raw)
    lines = flow_lines(flow)
    assert [line.step for line in lines if line.step] == [step.key for step in flow.sends]
    assert all(line.words.strip() and "  " not in line.words for line in lines)
    assert steps_words(flow).startswith(f"{len(flow.sends)} message")
    path = [
        Taken(node.key, ways(node)[0][0] if ways(node) else way, NOW, NOW)
        for node in nodes(flow.steps)
        for way in ("happened", "gave_up")
    ]
    told = way_words(path, flow, LONDON, NOW)
    assert all(words.startswith("Friday 20 November 12:00: ") for words in told)
    assert len(told) == 2 * len(list(nodes(flow.steps)))
    assert all(words.endswith(".") for words in told)


def test_a_way_says_what_was_found():
    raw = Finding(Fact.ORDER_TAGS, Op.ONE_OF, ("vip",), frozenset({"gift"}), holds=False).as_json()
    assert read_finding(raw) == Finding(Fact.ORDER_TAGS, Op.ONE_OF, ("vip",), frozenset({"gift"}), holds=False)
    assert read_finding({"fact": "mood", "op": "is"}) is None
