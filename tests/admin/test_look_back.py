"""Asking about past orders: who would be asked is said before, a few a day are, each once, and the table decides."""

import html

import pytest
from sqlalchemy import select

from app.customers.consent import state_consent
from app.flows.models import Enrollment, Flow, FlowState, FollowUp, FollowUpState, LookBack, LookBackState
from app.flows.planning.look_back import campaign, survey
from app.orders.models import Order
from tests.admin.test_look import admin, database
from tests.browser import look

__all__ = ["admin", "database"]


def agree(merchant, order_id, state="subscribed"):
    """Let an order's buyer agree to mail."""
    with merchant.work() as session:
        order = session.get_one(Order, (merchant.id, order_id))
        state_consent(
            session, order.customer_id, state=state, source="shopify_order",
            happened_at=merchant.now, received_at=merchant.now,
        )  # fmt: skip


def bought_before(merchant, count=3, *, ago=60, **more):
    """Keep orders that arrived long ago, of people who agreed; return their ids."""
    found = []
    for number in range(count):
        each = merchant.order(f"Past{number}", placed=ago + 6, sent=ago + 4, arrived=ago, **more)
        agree(merchant, each)
        found.append(each)
    return found


def running(merchant):
    """Start the flows for what is ordered from now."""
    merchant.post("/start", shopify="no", include="no")


def runs(merchant):
    with merchant.work() as session:
        flow = select(Flow.id).where(Flow.key == "look_back").scalar_subquery()
        return session.scalars(select(Enrollment).where(Enrollment.flow_id == flow).order_by(Enrollment.id)).all()


def planned(merchant):
    with merchant.work() as session:
        return session.scalars(select(FollowUp).where(FollowUp.step == "review_request_past")).all()


def page(merchant, path="/look-back"):
    return html.unescape(merchant.fetch(path).text)


def test_the_page_says_how_many_would_be_asked_and_stores_nothing(merchant):
    bought_before(merchant)
    running(merchant)
    told = page(merchant)
    assert "3 people would be asked for a review, all on one day. Looked at: 3 orders" in told
    assert "2 days in all" in page(merchant, "/look-back?daily_cap=2")
    assert "Past0" in told
    assert runs(merchant) == []
    with merchant.work() as session:
        assert session.scalar(select(Flow.id).where(Flow.key == "look_back")) is None


def test_who_is_left_out_is_counted_by_reason(merchant):
    bought_before(merchant, 1)
    merchant.order("Bernd", placed=66, sent=64, arrived=60, country="DE")  # nobody asked for his leave
    agree(merchant, merchant.order("Chloe", placed=66, sent=64, arrived=60, financial_status="refunded"))
    agree(merchant, merchant.order("Test", placed=66, sent=64, arrived=60, is_test=True))
    running(merchant)
    told = page(merchant)
    assert "1 person would be asked" in told
    for words in ("No agreement to mails that count as advertising", "Refunded", "A test order"):
        assert words in told
    refunded = told.split("Refunded</s-text>")[1].split("</s-table-row>")[0]
    assert "#1403" in refunded
    assert 'href="/customers/' in refunded
    assert "1 order" in refunded


def test_of_many_left_out_for_one_reason_the_first_are_named(merchant):
    for _ in range(7):
        merchant.order("Test", placed=66, sent=64, arrived=60, is_test=True)
    running(merchant)
    row = page(merchant).split("A test order</s-text>")[1].split("</s-table-row>")[0]
    assert row.count("#14") == 5
    assert "and 2 more" in row
    assert "7 orders" in row


def test_what_arrived_outside_the_months_or_just_now_is_not_looked_at(merchant):
    bought_before(merchant, 1, ago=100)
    bought_before(merchant, 1, ago=3)
    running(merchant)
    assert "No order that arrived in the last 3 months is known." in page(merchant, "/look-back?months=3")
    assert "1 person would be asked" in page(merchant, "/look-back?months=6")


def test_a_few_a_day_are_taken_in_each_once_and_planned_in_daytime(merchant):
    orders = bought_before(merchant, 5)
    running(merchant)
    assert merchant.post("/look-back", months="6", daily_cap="2").status_code == 303
    assert campaign.recruit(merchant.wired) == 2
    assert campaign.recruit(merchant.wired) == 0  # the day's number is reached
    for expected in (4, 5, 5):
        merchant.pass_time(days=1)
        campaign.recruit(merchant.wired)
        assert len(runs(merchant)) == expected
    assert sorted(run.order_id for run in runs(merchant)) == sorted(orders)
    rows = planned(merchant)
    assert len(rows) == 5
    assert all(row.state is FollowUpState.SCHEDULED for row in rows)
    assert all(9 <= row.due_at.hour < 20 for row in rows)  # London in November
    assert len({row.due_at.date() for row in rows}) == 3
    with merchant.work() as session:
        row = session.scalars(select(LookBack)).one()
        assert (row.state, row.recruited) == (LookBackState.DONE, 5)
    assert "Done: 5 orders taken in. Nobody is left to ask." in page(merchant)


def test_those_behind_the_latest_orders_get_their_turn_too_however_many_are_left_out(merchant, monkeypatch):
    monkeypatch.setattr(survey, "MOST", 3)
    asked = [each for ago in range(60, 66) for each in bought_before(merchant, 1, ago=ago)]
    for ago in range(66, 70):  # nobody asked for their leave: more than are looked at together
        merchant.order("Bernd", placed=ago + 6, sent=ago + 4, arrived=ago, country="DE")
    asked += bought_before(merchant, 1, ago=80)
    running(merchant)
    assert "At least 3 people would be asked for a review, 4 a day. Looked at: the latest 3 orders" in page(
        merchant, "/look-back?daily_cap=4"
    )
    merchant.post("/look-back", months="6", daily_cap="4")
    assert campaign.recruit(merchant.wired) == 4
    assert campaign.recruit(merchant.wired) == 0
    told = page(merchant)
    assert "Nobody of the latest 3 orders that arrived in the last 6 months would be asked" in told
    assert "Earlier ones are looked at when their turn comes." in told
    assert "Running: 4 orders taken in so far" in told
    merchant.pass_time(days=1)
    assert campaign.recruit(merchant.wired) == 3
    merchant.pass_time(days=1)
    assert campaign.recruit(merchant.wired) == 0
    assert sorted(run.order_id for run in runs(merchant)) == sorted(asked)
    assert "Done: 7 orders taken in. Nobody is left to ask." in page(merchant)


def test_an_earlier_order_of_somebody_asked_is_left_out_however_far_behind(merchant, monkeypatch):
    monkeypatch.setattr(survey, "MOST", 1)
    first, _, last = (each for ago in (60, 61, 62) for each in bought_before(merchant, 1, ago=ago))
    with merchant.work() as session:
        one, two = (session.get_one(Order, (merchant.id, each)) for each in (first, last))
        two.customer_id = one.customer_id
    running(merchant)
    merchant.post("/look-back", months="6", daily_cap="1")
    for expected in (1, 1, 0):
        assert campaign.recruit(merchant.wired) == expected
        merchant.pass_time(days=1)
    assert last not in {run.order_id for run in runs(merchant)}


def test_who_slept_into_the_next_day_does_not_end_it(merchant, monkeypatch):
    monkeypatch.setattr(survey, "MOST", 1)
    late = merchant.order("Bernd", placed=66, sent=64, arrived=60, country="DE")  # agrees on the second day
    (early,) = bought_before(merchant, 1, ago=61)
    running(merchant)
    merchant.post("/look-back", months="6", daily_cap="1")
    take_in, looks = campaign._take_in, []

    def sleeps_after_the_first_look(*given):
        looks.append(given)
        if len(looks) == 2:  # another has the day's order meanwhile, and the next day comes
            assert campaign.recruit(merchant.wired) == 1
            merchant.pass_time(days=1)
            agree(merchant, late)
        return take_in(*given)

    with monkeypatch.context() as slow:
        slow.setattr(campaign, "_take_in", sleeps_after_the_first_look)
        assert campaign.recruit_in(merchant.wired, merchant.id) == 0
    assert campaign.recruit(merchant.wired) == 1
    assert [run.order_id for run in runs(merchant)] == [early, late]


def test_a_day_cut_off_in_between_takes_in_no_more_than_its_number(merchant, monkeypatch):
    monkeypatch.setattr(survey, "MOST", 1)
    bought_before(merchant, 4)
    running(merchant)
    merchant.post("/look-back", months="6", daily_cap="2")
    with monkeypatch.context() as cut:
        real, calls = campaign.survey, []

        def dies(*given):
            calls.append(given)
            if len(calls) > 1:
                raise ConnectionError
            return real(*given)

        cut.setattr(campaign, "survey", dies)
        with pytest.raises(ConnectionError):
            campaign.recruit_in(merchant.wired, merchant.id)
    assert len(runs(merchant)) == 1
    assert campaign.recruit(merchant.wired) == 1
    assert campaign.recruit(merchant.wired) == 0
    assert len(runs(merchant)) == 2


def test_stopped_it_takes_nobody_in_and_what_is_planned_waits(merchant):
    bought_before(merchant, 3)
    running(merchant)
    merchant.post("/look-back", months="6", daily_cap="1")
    campaign.recruit(merchant.wired)
    merchant.post("/look-back/stop")
    merchant.pass_time(days=2)
    assert campaign.recruit(merchant.wired) == 0
    assert len(runs(merchant)) == 1
    with merchant.work() as session:
        assert session.scalar(select(Flow.state).where(Flow.key == "look_back")) is FlowState.PAUSED
    assert "Stopped: 1 order taken in." in page(merchant)
    merchant.post("/look-back", months="6", daily_cap="1")
    assert campaign.recruit(merchant.wired) == 1
    assert len(runs(merchant)) == 2


def test_somebody_with_two_orders_is_asked_about_the_later_one(merchant):
    first, second = bought_before(merchant, 2)
    with merchant.work() as session:
        one, two = (session.get_one(Order, (merchant.id, each)) for each in (first, second))
        two.customer_id = one.customer_id
    running(merchant)
    told = page(merchant)
    assert "1 person would be asked" in told
    assert "Asked about a later order of theirs" in told


def test_a_new_order_is_never_taken_in_by_it(merchant):
    bought_before(merchant, 1)
    running(merchant)
    merchant.post("/look-back", months="6", daily_cap="5")
    campaign.recruit(merchant.wired)
    merchant.order("Newly", placed=0, sent=0, arrived=0)
    assert len(runs(merchant)) == 1


def test_before_the_flows_run_it_does_not_start(merchant):
    bought_before(merchant, 1)
    assert "Start your flows first" in page(merchant)
    assert merchant.post("/look-back", months="6", daily_cap="5").status_code == 422
    assert runs(merchant) == []


@pytest.mark.parametrize(
    ("months", "cap"), [("2", "5"), ("6", "0"), ("6", "501"), ("6", "-1"), ("6", "many"), ("", "5")]
)
def test_numbers_out_of_range_are_refused_in_words(merchant, months, cap):
    assert merchant.post("/look-back", months=months, daily_cap=cap).status_code == 422
    answer = merchant.fetch(f"/look-back?months={months}&daily_cap={cap}")
    assert answer.status_code == 422
    told = html.unescape(answer.text).split('<div id="preview">')[1]  # what a change of a field puts below the fields
    assert "Choose 1, 3, 6 or 12 months." in told or "must be 1 to 500. You entered" in told


@pytest.mark.browser
def test_it_looks_well_at_every_width(admin, open_page):
    merchant, address = admin
    bought_before(merchant, 12)
    merchant.order("Bernd", placed=66, sent=64, arrived=60, country="DE")
    agree(merchant, merchant.order("Chloe", placed=66, sent=64, arrived=60, financial_status="refunded"))
    running(merchant)
    page = open_page()
    page.goto(f"{address}/look-back?daily_cap=5")
    page.frame_locator("#app").locator("s-page").wait_for()
    look(page, "look-back")
    merchant.post("/look-back", months="6", daily_cap="5")
    page.goto(f"{address}/look-back?daily_cap=5")
    page.frame_locator("#app").get_by_text("Running:").wait_for()
    look(page, "look-back-running")
