"""Random flow documents: every kind of step, trigger and condition, right by construction."""

from hypothesis import strategies as st

from app.flows.language.conditions.facts import LISTS, OPS, SORTS, Fact, Sort
from app.flows.language.happenings import SUBJECTS, Event, Happening, Moment
from app.flows.language.steps import Subject

TEXTS = st.sampled_from(["DE", "gold", "A & B", "東京", "12", "£"])
NUMBERS = st.integers(0, 500) | st.sampled_from([0.5, 19.99])


def comparisons(fact):
    def with_op(op):
        if op in LISTS:
            value = st.lists(TEXTS, min_size=1, max_size=3)
        else:
            value = {Sort.NUMBER: NUMBERS, Sort.FLAG: st.booleans()}.get(SORTS[fact], TEXTS)
        return st.fixed_dictionaries({"fact": st.just(fact.value), "op": st.just(op.value), "value": value})

    return st.sampled_from(OPS[SORTS[fact]]).flatmap(with_op)


CONDITIONS = st.recursive(
    st.sampled_from(list(Fact)).flatmap(comparisons),
    lambda inner: (
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=2)})
        | st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)})
        | st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=4,
)
LETTERS = [("thank_you", "order"), ("thank_you", "product_help"), ("product_help", "product_help")]
ASKS = [("review_request", "review_ask"), ("thank_you", "review_ask"), ("thank_you", "order")]
EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]
WINDOWS = st.sampled_from(
    [
        None,
        {"from_hour": 9, "to_hour": 20, "weekdays": EVERY_DAY},
        {"from_hour": 10, "from_minute": 30, "exact": True, "weekdays": EVERY_DAY},
    ]
)


@st.composite
def sends(draw, subject):
    anchors = {
        Subject.ORDER: ["order_placed", "trigger", "previous_step"],
        Subject.FULFILLMENT: ["shipped", "delivered", "trigger", "previous_step"],
    }.get(subject, ["trigger", "previous_step"])
    anchor = draw(st.sampled_from(anchors))
    waits = anchor == "delivered" or (
        subject is Subject.FULFILLMENT and anchor in {"trigger", "previous_step"} and draw(st.booleans())
    )
    arrival = draw(st.sampled_from(["likely", "known"])) if waits else "not_needed"
    days = draw(st.integers(1, 20))
    asks = arrival == "likely" and draw(st.booleans())
    template, topic = draw(st.sampled_from(ASKS if asks else LETTERS))
    return {
        "type": "send",
        "template": template,
        "topic": topic,
        "message_class": "review_ask" if asks else "transactional",
        "goal": "The buyer knows.",
        "anchor": anchor,
        "delay_days": days,
        "delay_minutes": draw(st.sampled_from([0, 0, 90, 1439])),
        "delay_business_days": draw(st.sampled_from([0, 0, 2])),
        "max_age_days": draw(st.integers(8, 60)),
        "arrival": arrival,
        "window": draw(WINDOWS),
        "fallback_days": draw(st.integers(days + 5, 60)) if waits else None,
        "state": draw(st.sampled_from(["on", "on", "on", "paused", "left_to_shopify"])),
    }


@st.composite
def waits_until(draw):
    which = draw(st.sampled_from(["event", "time_of_day", "date"]))
    return {
        "type": "wait_until",
        "event": draw(st.sampled_from([each.value for each in Happening])) if which == "event" else None,
        "time_of_day": draw(st.sampled_from(["00:00", "09:30", "23:59"])) if which == "time_of_day" else None,
        "date": draw(st.sampled_from([each.value for each in Moment])) if which == "date" else None,
        "at_most_days": draw(st.integers(1, 60)),
    }


@st.composite
def lists_of_steps(draw, subject, depth, least=0):
    found = []
    for _ in range(draw(st.integers(least, 3))):
        kind = draw(st.sampled_from(["send", "send", "wait", "wait_until", *(["branch", "split"] if depth else [])]))
        if kind == "send":
            found.append(draw(sends(subject)))
        elif kind == "wait":
            days = draw(st.integers(0, 30))
            found.append({"type": "wait", "delay_days": days, "delay_minutes": 60})
        elif kind == "wait_until":
            found.append(draw(waits_until()))
        elif kind == "branch":
            then = draw(lists_of_steps(subject, depth - 1, 1))
            other = draw(lists_of_steps(subject, depth - 1))
            found.append({"type": "branch", "if": draw(CONDITIONS), "then": then, "else": other})
        else:
            arms = [
                {"name": name, "share": draw(st.integers(1, 9)), "steps": draw(lists_of_steps(subject, depth - 1))}
                for name in ("a", "b", "c")[: draw(st.integers(2, 3))]
            ]
            found.append({"type": "split", "arms": arms})
    if depth < 2 and draw(st.integers(0, 5)) == 0:
        found.append({"type": "end"})
    return found


def name_them(steps, count):
    for step in steps:
        count[0] += 1
        step["key"] = f"step_{count[0]}"
        if step["type"] == "split":
            step["experiment"] = f"trial_{count[0]}"
        for way in (step.get("then", []), step.get("else", []), *(arm["steps"] for arm in step.get("arms", []))):
            name_them(way, count)


@st.composite
def documents(draw, events=tuple(Event)):
    event = draw(st.sampled_from(events))
    subject = SUBJECTS[event]
    steps = [draw(sends(subject)), *draw(lists_of_steps(subject, 2))]
    name_them(steps, [0])
    ends = [each.value for each in Happening if each.value != event.value]
    return {
        "format": 2,
        "key": "tried",
        "name": "Tried out",
        "trigger": {
            "on": event.value,
            "filter": draw(st.none() | CONDITIONS),
            "days": draw(st.integers(1, 90)) if event is Event.DAYS_WITHOUT_ORDER else None,
        },
        "profile": draw(st.none() | CONDITIONS),
        "exit": {
            "on": draw(st.lists(st.sampled_from(ends), max_size=2, unique=True)),
            "when": draw(st.none() | CONDITIONS),
        },
        "goal": draw(
            st.none()
            | st.fixed_dictionaries(
                {
                    "event": st.sampled_from([each.value for each in Happening]),
                    "window_days": st.integers(1, 60),
                }
            )
        ),
        "steps": steps,
    }
