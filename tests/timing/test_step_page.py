"""A step whose document says more than its page has fields for."""

import html

from app.flows.language.window import at_time
from app.flows.planning.edit import find, save_step

AT = {"from_hour": 10, "from_minute": 30, "exact": True, "weekdays": [0, 1]}


def published(merchant):
    with merchant.work() as session:
        return find(session, "review_request")[1].step("review_request")


def test_one_time_of_day_is_shown_and_kept_when_something_else_is_saved(running):
    changes = {"window": AT, "delay_business_days": 2, "delay_minutes": 90, "fallback_days": 40}
    with running.work() as session:
        save_step(session, "review_request", changes, by="user:7")
    page = html.unescape(running.fetch("/flows/review_request").text)
    assert 'label="Hour" name="from_hour" value="10" suffix=":30"' in page
    assert 'name="to_hour"' not in page
    assert "On top of the days: 2 business days, 1 hour and 30 minutes." in page
    assert "at 10:30 on Monday and Tuesday their time" in html.unescape(running.fetch("/flows").text)
    assert running.post("/flows/review_request", delay_days="8", from_hour="9", to_hour="12").status_code == 200
    step = published(running)
    assert (step.window, step.business_days, step.delay.days) == (at_time(9, 30, frozenset({0, 1})), 2, 8)
