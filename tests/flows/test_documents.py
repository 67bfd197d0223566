"""Documents with every kind of step: they read back the same, and the published schema refuses what the reader does."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.flows.language.checks import not_ready
from app.flows.language.conditions.facts import Fact
from app.flows.language.flow import change_sends, nodes
from app.flows.language.forms import WrongFlow, canonical, flow_document, flow_json
from app.flows.language.happenings import Event, Happening
from app.flows.language.presets import classic_five
from app.flows.language.schema import flow_schema
from app.flows.language.shape import Shape
from app.flows.language.step_shapes import STEPS
from app.messages.mail.preset_list import PRESETS
from tests.flows.documents import documents
from tests.house.places import ROOT

SCHEMA = Draft202012Validator(flow_schema())
ALIKE = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)


def refusal(raw):
    try:
        flow_document(raw)
    except WrongFlow as wrong:
        return wrong.errors
    return {}


@ALIKE
@given(documents())
def test_a_right_document_is_read_written_and_valid(raw):
    flow = flow_document(raw)
    assert flow_document(flow_json(flow)) == flow
    assert canonical(flow_json(flow)) == canonical(flow_json(flow_document(json.loads(canonical(flow_json(flow))))))
    assert not list(SCHEMA.iter_errors(raw))
    assert not list(SCHEMA.iter_errors(flow_json(flow)))


def places(value, path=()):
    """Every place in a document: where a mutation can go."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*path, name)
            yield from places(inner, (*path, name))
    if isinstance(value, list):
        for position, inner in enumerate(value):
            yield (*path, position)
            yield from places(inner, (*path, position))


WRONG = st.sampled_from(["", " ", "no such word", -1, 10**15, 0.5, [], {}, [[]], {"x": 1}, True, None, "x" * 900])


@ALIKE
@given(documents(), st.data())
def test_what_the_schema_refuses_the_reader_refuses_with_words(raw, data):
    mutated = copy.deepcopy(raw)
    *before, last = data.draw(st.sampled_from(sorted(places(raw), key=str)))
    inside = mutated
    for step in before:
        inside = inside[step]
    if isinstance(inside, dict) and data.draw(st.booleans()):
        if data.draw(st.booleans()):
            del inside[last]
        else:
            inside["another_field"] = 1
    else:
        inside[last] = data.draw(WRONG)
    told = refusal(mutated)
    assert all(told.values())
    if list(SCHEMA.iter_errors(mutated)):
        assert told
    if not told:
        assert not list(SCHEMA.iter_errors(mutated))


def test_the_published_schema_is_the_one_the_reader_reads_by():
    assert json.loads((ROOT / "docs" / "flow.schema.json").read_text(encoding="utf-8")) == flow_schema()


def test_the_schema_knows_every_word():
    text = json.dumps(flow_schema())
    for word in (*Event, *Happening, *Fact, *STEPS):
        assert f'"{word}"' in text
    for shape in STEPS.values():
        assert isinstance(shape, Shape)
        assert shape.ref in flow_schema()["$defs"]


def whole(**changes):
    return flow_json(classic_five(shopify_sends_shipping_mails=False)[1]) | changes


def send(key, **changes):
    return whole()["steps"][0] | {"key": key} | changes


WAIT = {"type": "wait", "key": "pause", "delay_days": 0, "delay_minutes": 0}


@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [
        ({"format": 3}, "format", "This program reads format 2. You entered 3."),
        ({"key": "No Spaces"}, "key", "Key takes small letters, digits and _, 40 at most. You entered No Spaces."),
        ({"trigger": None}, "trigger", "Expected a set of named fields."),
        ({"trigger": {"on": "born"}}, "trigger.on", "Trigger must be one of placed, paid, shipped,"),
        ({"trigger": {"on": "placed", "days": 3}}, "trigger.days", "Only a flow that starts after days without an"),
        ({"trigger": {"on": "days_without_order"}}, "trigger.days", "Days without an order must be 1 to 730."),
        ({"colour": "red"}, "colour", "There is no such field here."),
        ({"steps": []}, "steps", "A flow needs at least one step."),
        ({"steps": [{"type": "end", "key": "end"}]}, "steps", "A flow needs at least one message to send."),
        ({"steps": [send("a"), WAIT]}, "steps.pause.delay_days", "A wait takes at least a minute."),
        ({"steps": [send("a"), {"type": "jump", "key": "b"}]}, "steps.b.type", "A step is one of send, wait,"),
        ({"steps": [{"type": "end", "key": "e"}, send("a")]}, "steps.a.type", "Nothing comes after the end."),
        (
            {"steps": [send("a"), {"type": "wait_until", "key": "w", "at_most_days": 3}]},
            "steps.w.event",
            "Wait for an event, for a time of day or for a date: exactly one of them.",
        ),
        (
            {"steps": [send("a"), {"type": "wait_until", "key": "w", "at_most_days": 3, "time_of_day": "9:30"}]},
            "steps.w.time_of_day",
            "Time of day must look like 09:30.",
        ),
        (
            {"steps": [send("a"), {"type": "branch", "key": "b", "if": {"fact": "mood", "op": "is", "value": 1}}]},
            "steps.b.if.fact",
            "There is no such fact. You entered mood.",
        ),
        (
            {
                "steps": [
                    send("a"),
                    {"type": "branch", "key": "b", "if": {"fact": "order_total", "op": "is", "value": True}},
                ]
            },
            "steps.b.if.value",
            "Expected a number. You entered True.",
        ),
        (
            {
                "steps": [
                    send("a"),
                    {"type": "branch", "key": "b", "if": {"fact": "order_total", "op": "is", "value": 1}},
                ]
            },
            "steps.b.then",
            "A branch needs a step on one of its ways.",
        ),
        (
            {
                "steps": [
                    send("a"),
                    {
                        "type": "split",
                        "key": "s",
                        "experiment": "s",
                        "arms": [{"name": "x", "share": 1}, {"name": "x", "share": 2}],
                    },
                ]
            },
            "steps.s.arms",
            "A split needs two arms or more, each with a name of its own.",
        ),
        (
            {"steps": [send("a", arrival="likely", anchor="trigger")]},
            "steps.a.fallback_days",
            "Latest day must be 1 to 120 days. You entered nothing.",
        ),
        (
            {
                "trigger": {"on": "placed"},
                "steps": [send("a", arrival="likely", anchor="trigger", fallback_days=9, message_class="review_ask")],
            },
            "steps.a.arrival",
            "Only a flow that a parcel starts can wait for its arrival.",
        ),
        ({"steps": [send("a", goal=None)]}, "steps.a.goal", "Reason to exist is missing. "),
        ({"steps": [send("a", message_class=None)]}, "steps.a.message_class", "Message class must be one of"),
    ],
)
def test_each_wrong_field_is_told_by_its_path(changes, path, sentence):
    assert refusal(whole(**changes))[path].startswith(sentence.strip())


def test_depth_is_bounded_in_steps_and_conditions():
    inner = [send("deep")]
    condition = {"fact": "reviewed", "op": "is", "value": True}
    for level in range(400):
        inner = [{"type": "branch", "key": f"b{level}", "if": condition, "then": inner}]
    assert any("deep" in sentence for sentence in refusal(whole(steps=inner)).values())
    for _ in range(400):
        condition = {"not": condition}
    assert any("deep" in sentence for sentence in refusal(whole(profile=condition)).values())


def test_a_flow_with_a_mail_there_is_not_or_a_trigger_nobody_tells_is_not_ready():
    parcel = classic_five(shopify_sends_shipping_mails=False)[1]
    assert not_ready(parcel, PRESETS) == {}
    lacks = not_ready(parcel, {name: mail for name, mail in PRESETS.items() if name != "shipped"})
    assert lacks["steps.shipped.template"].startswith("There is no mail named shipped.")
    survey = whole(trigger={"on": "survey_answered"}, steps=[send("a", anchor="trigger")])
    assert "never start" in not_ready(flow_document(survey), PRESETS)["trigger.on"]


@ALIKE
@given(documents())
def test_changing_every_message_reaches_them_all(raw):
    flow = flow_document(raw)
    assert change_sends(flow, lambda step: step) == flow
    from dataclasses import replace

    told = change_sends(flow, lambda step: replace(step, goal="Another."))
    assert {step.goal for step in told.sends} == {"Another."}
    assert [node.key for node in nodes(told.steps)] == [node.key for node in nodes(flow.steps)]
