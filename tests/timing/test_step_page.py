"""Every delay, hour and day a document has is a field of its step's page; what a form does not name stays."""

import html

import pytest

from app.flows.language.flow import Wait, WaitUntil
from app.flows.language.steps import Anchor
from app.flows.language.window import SendWindow, at_time
from app.flows.planning.by_hand.edit import find, save_step
from tests.admin.flow_documents import running as own_flow
from tests.admin.flow_documents import send, wait

AT = {"from_hour": 10, "from_minute": 30, "exact": True, "weekdays": [0, 1]}
WEEK = [str(day) for day in range(7)]


def published(merchant, step="review_request"):
    with merchant.work() as session:
        return find(session, step)[1].step(step)


def fetched(merchant, path):
    return html.unescape(merchant.fetch(path).text)


def test_a_page_shows_everything_a_document_says_of_when(running):
    changes = {"window": AT, "delay_business_days": 2, "delay_minutes": 90, "fallback_days": 40, "max_age_days": 14}
    with running.work() as session:
        save_step(session, "review_request", changes, by="user:7")
    page = fetched(running, "/flows/review_request")
    for name, value in {
        "delay_days": 7, "delay_business_days": 2, "delay_hours": 1, "delay_minutes": 30, "from_time": "10:30",
        "to_time": "", "leaves": "at", "max_age_days": 14, "fallback_days": 40,
    }.items():  # fmt: skip
        assert f'name="{name}" value="{value}"' in page, name
    days = page.split('name="weekday"')[1].split("</s-choice-list>")[0]
    assert [f'value="{day}" selected' in days for day in range(7)] == [True, True, *[False] * 5]


def test_one_field_saved_leaves_the_others_as_they_are(running):
    with running.work() as session:
        save_step(
            session,
            "review_request",
            {"window": AT, "delay_business_days": 2, "delay_minutes": 90, "fallback_days": 40},
            by="user:7",
        )
    assert running.post("/flows/review_request", delay_days="8").status_code == 200
    step = published(running)
    assert (step.window, step.business_days) == (at_time(10, 30, frozenset({0, 1})), 2)
    assert (step.delay.days, step.delay.seconds) == (8, 5400)


def test_minutes_hours_business_days_days_of_the_week_and_minutes_of_a_window_are_saved(running):
    answer = running.post(
        "/flows/review_request", delay_days="3", delay_hours="4", delay_minutes="5", delay_business_days="6",
        leaves="between", from_time="9:15", to_time="24:00", weekday=["1", "3"], max_age_days="9", fallback_days="50",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    step = published(running)
    assert (step.delay.days, step.delay.seconds, step.business_days) == (3, (4 * 60 + 5) * 60, 6)
    assert step.window == SendWindow(9, 24, frozenset({1, 3}), 15, 0)
    assert step.max_age.days == 9
    assert "3 days, 4 hours and 5 minutes" in answer.text


def test_a_delay_of_nothing_is_refused_where_the_product_has_to_be_in_hand(running):
    nothing = dict.fromkeys(("delay_days", "delay_business_days", "delay_hours", "delay_minutes"), "0")
    before = published(running)
    answer = running.post("/flows/review_request", **nothing)
    assert answer.status_code == 422
    assert "Delay must be 1 to 90 days. You entered 0." in answer.text
    assert published(running) == before


def test_any_hour_and_one_time_are_saved(running):
    running.post("/flows/thank_you", leaves="at", from_time="7:45", to_time="", weekday=WEEK)
    assert published(running, "thank_you").window == at_time(7, 45)
    running.post("/flows/thank_you", leaves="any", from_time="", to_time="", weekday=WEEK)
    assert published(running, "thank_you").window is None


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"delay_hours": "24", "delay_minutes": "0"}, "delay_hours", "Hours must be 0 to 23. You entered 24."),
        ({"delay_hours": "0", "delay_minutes": "x"}, "delay_minutes", "Minutes must be 0 to 59. You entered x."),
        ({"delay_business_days": "99"}, "delay_business_days", "Delay must be 0 to 60 business days. You entered 99."),
        ({"leaves": "at", "from_time": "nine"}, "from_time", "Time must look like 9:30. You entered nine."),
        ({"leaves": "at", "from_time": "24:00"}, "from_time", "Time must look like 9:30. You entered 24:00."),
        (
            {"leaves": "between", "from_time": "9", "to_time": "8:30", "weekday": WEEK},
            "to_time",
            "Last hour must be after 9:00. You entered 8:30.",
        ),
        ({"leaves": "at", "from_time": "9"}, "weekday", "Choose at least one day of the week."),
        (
            {"leaves": "at", "from_time": "9", "weekday": "1", "max_age_days": "3"},
            "max_age_days",
            "Longest wait must be 8 to 60 days. You entered 3.",
        ),
        (
            {"leaves": "sometimes"},
            "leaves",
            "Choose one of At any hour, Between two times, At one time. You entered sometimes.",
        ),
        (
            {"anchor": "shipped"},
            "anchor",
            "A step counts from delivery exactly when it needs the parcel to have arrived.",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_nothing_is_saved(running, form, field, sentence):
    before = published(running)
    answer = running.post("/flows/review_request", **form)
    assert answer.status_code == 422
    (marked,) = [line for line in html.unescape(answer.text).splitlines() if f'error="{sentence}"' in line]
    assert f'name="{field}"' in marked
    assert published(running) == before
    assert running.post("/flows/review_request/moves", **form).text.strip() == ""


def test_what_a_delay_may_count_from_is_offered_and_nothing_else(running):
    own_flow(running, send("first"), send("second", anchor="previous_step", delay_days=2))
    page = fetched(running, "/flows/second")
    offered = page.split('name="anchor"')[1].split("</s-select>")[0]
    assert [anchor for anchor in Anchor if f'value="{anchor}"' in offered] == [
        Anchor.SHIPPED, Anchor.TRIGGER, Anchor.PREVIOUS_STEP,
    ]  # fmt: skip
    assert 'value="previous_step" selected' in offered
    running.post("/flows/second", anchor="trigger")
    assert published(running, "second").anchor is Anchor.TRIGGER
    assert 'value="previous_step"' not in fetched(running, "/flows/first")


def test_the_page_says_what_would_move_from_when_to_when(running):
    running.order("Ana", placed=0, sent=0, arrived=0)
    told = html.unescape(running.post("/flows/review_request/moves", delay_days="10").text)
    assert "1 message moves, to Monday 30 November" in told
    assert "Review request · order #1401: Friday 27 November" in told
    assert "→ Monday 30 November" in told


def test_the_page_says_who_gets_it(running):
    fork = {"type": "branch", "key": "large", "if": {"fact": "order_total", "op": "at_least", "value": 50}}
    own_flow(
        running, wait("use_it", 2), fork | {"then": [send("care_mail")], "else": [send("other_mail")]},
        profile={"fact": "order_country", "op": "one_of", "value": ["DE", "AT"]}, exit={"on": ["returned"]},
    )  # fmt: skip
    page = fetched(running, "/flows/care_mail")
    for words in (
        "Starts when a parcel arrives.", "After a wait of 2 days.",
        "Only where the order's total in the shop's currency is at least 50.",
        "Asked again before it goes out: only where", "Left out once a return of the order is closed.",
    ):  # fmt: skip
        assert words in page, words
    assert "Only where this does not hold: the order's total in the shop's currency is at least 50." in fetched(
        running, "/flows/other_mail"
    )


def test_a_wait_is_changed_after_what_it_moves_was_shown(running):
    until = {"type": "wait_until", "key": "or_not", "event": "reviewed", "at_most_days": 5}
    own_flow(running, wait("use_it", 2), until, send("care_mail"))
    assert 'href="/flow/care/waits/use_it"' in fetched(running, "/flow/care")
    assert 'name="delay_days" value="2"' in fetched(running, "/flow/care/waits/use_it")
    shown = running.post("/flow/care/waits/use_it", delay_days="3", delay_hours="1", delay_minutes="0")
    assert "Before you publish" in shown.text
    assert "Waits 3 days and 1 hour." in shown.text
    document = html.unescape(shown.text.split('<textarea name="document" hidden>')[1].split("</textarea>")[0])
    assert running.post("/flow", document=document).status_code == 200
    shown = running.post("/flow/care/waits/or_not", until="time", time_of_day="9:30", at_most_days="2")
    document = html.unescape(shown.text.split('<textarea name="document" hidden>')[1].split("</textarea>")[0])
    running.post("/flow", document=document)
    with running.work() as session:
        first, second, _ = find(session, "care_mail")[1].steps
    assert isinstance(first, Wait)
    assert isinstance(second, WaitUntil)
    assert (first.delay.days, first.delay.seconds) == (3, 3600)
    assert (second.event, f"{second.hour:%H:%M}", second.at_most.days) == (None, "09:30", 2)


@pytest.mark.parametrize(
    ("node", "form", "sentence"),
    [
        ("use_it", {"delay_days": "0", "delay_hours": "0", "delay_minutes": "0"}, "A wait takes at least a minute."),
        ("use_it", {"delay_days": "1", "delay_hours": "30"}, "Hours must be 0 to 23. You entered 30."),
        ("or_not", {"until": "", "at_most_days": "2"}, "exactly one of them"),
        ("or_not", {"until": "event:paid", "at_most_days": "0"}, "Longest wait must be 1 to 400 days. You entered 0."),
        ("or_not", {"until": "time", "time_of_day": "late", "at_most_days": "2"}, "Time of day must look like 09:30."),
    ],
)  # fmt: skip
def test_a_wrong_wait_is_refused_at_its_field(running, node, form, sentence):
    until = {"type": "wait_until", "key": "or_not", "event": "reviewed", "at_most_days": 5}
    own_flow(running, wait("use_it", 2), until, send("care_mail"))
    answer = running.post(f"/flow/care/waits/{node}", **form)
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert running.fetch("/flow/care/waits/nothing").status_code == 404
