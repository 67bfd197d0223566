"""What came back is not asked about, refunded or not; what was kept is."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, update

from app.flows.models import Flow, FollowUp
from app.messages.models import Message, MessageItem
from app.orders.models import Order, OrderLine
from app.orders.record.order import line_ids
from app.orders.record.reversal import record_return
from app.orders.record.told import WEBHOOK, Told
from app.orders.reversals import ReturnCase, ReturnLine
from app.shopify.payloads.facts import ReturnFacts
from app.shopify.payloads.vocabulary import ReturnStatus
from tests.convergence.player import PLACES
from tests.convergence.shops import DOMAIN

NUMBERS = count(1)
ASK = "review_request"


@pytest.fixture(autouse=True)
def nothing_on_the_way(both):
    both.move(minutes=1)
    both.lose()


def act(both, path, **body):
    answer = both.store.post(f"/api{path}", json=body)
    assert 200 <= answer.status_code < 300, answer.text
    return answer.json


def arrived(both, *lines):
    """An order of (product, quantity) pairs that was sent in one parcel and arrived; its line ids in their order."""
    person = {"email": f"emi{next(NUMBERS)}@example.com", "first_name": "Emi", "last_name": "Weber"}
    person["address"] = {**PLACES["GB"], "zip": "BS1 6QH", "city": "Bristol"}
    asked = [{"variant": handle, "quantity": quantity} for handle, quantity in lines]
    order = act(both, "/orders", customer=person, lines=asked)
    parcel = act(both, f"/orders/{order['id']}/fulfillments")
    both.move(hours=20)
    act(both, f"/fulfillments/{parcel['id']}/events", status="delivered")
    hear_all(both)
    return order["id"], [line["id"] for line in order["line_items"]]


def hear_all(both):
    both.deliver()
    both.apply()


def send_back(both, order, *lines, until=("approve", "close")):
    case = act(both, f"/orders/{order}/returns", lines=[{"line": line, "quantity": many} for line, many in lines])
    for decision in until:
        both.move(hours=1)
        act(both, f"/returns/{case['id']}/{decision}")
    return case["id"]


def live_through(both, days=9):
    """Let the days pass in which the review request is due."""
    for _ in range(days * 4):
        both.move(hours=6)
        hear_all(both)
        both.drain()


def asked_about(both, order):
    """Shopify's ids of the lines somebody was asked to review."""
    query = (
        select(OrderLine.shopify_id)
        .join(MessageItem, MessageItem.item_id == OrderLine.id)
        .join(Message, Message.id == MessageItem.message_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.shopify_id == order, MessageItem.item_kind == "order_line", MessageItem.step == ASK)
    )
    return {line for (line,) in both.rows(query)}


def verdict(both, order):
    query = select(FollowUp.state, FollowUp.reason).join(Order, Order.id == FollowUp.order_id)
    ((state, reason),) = both.rows(query.where(Order.shopify_id == order, FollowUp.step == ASK))
    return state.value, reason


def why(both, order):
    """What the terminal says about an order."""
    ((name,),) = both.rows(select(Order.name).where(Order.shopify_id == order))
    runner = both.wired.parts["flask"].test_cli_runner()
    return runner.invoke(args=["why", "--shop", DOMAIN, "--order", name]).output


def kept(both, case):
    query = select(OrderLine.shopify_id, ReturnLine.quantity).join(ReturnLine, ReturnLine.order_line_id == OrderLine.id)
    of_case = query.join(ReturnCase, ReturnCase.id == ReturnLine.return_case_id).where(ReturnCase.shopify_id == case)
    return dict(both.rows(of_case))


def test_what_came_back_is_left_out_and_the_rest_is_asked_about(both):
    order, (kettle, filters) = arrived(both, ("harbour-kettle", 1), ("paper-filters", 1))
    case = send_back(both, order, (kettle, 1))
    live_through(both)
    assert kept(both, case) == {kettle: 1}
    assert asked_about(both, order) == {filters}


def test_nobody_is_asked_where_everything_came_back_and_the_merchant_reads_why(both):
    order, (kettle,) = arrived(both, ("harbour-kettle", 1))
    send_back(both, order, (kettle, 1))
    closed = both.now
    live_through(both)
    assert asked_about(both, order) == set()
    assert verdict(both, order) == ("done", "items_returned")
    told = why(both, order)
    assert "Emi: not asked, everything this was about was sent back." in told
    assert f"at: {closed:%A}" in told  # when the return was closed


def test_who_kept_one_of_two_is_asked(both):
    order, (kettle,) = arrived(both, ("harbour-kettle", 2))
    send_back(both, order, (kettle, 1))
    live_through(both)
    assert asked_about(both, order) == {kettle}


@pytest.mark.parametrize("until", [("decline",), ("approve", "cancel")])
def test_only_the_line_in_a_return_waits_and_is_asked_about_once_it_stays(both, until):
    order, (kettle, filters) = arrived(both, ("harbour-kettle", 1), ("paper-filters", 1))
    case = send_back(both, order, (kettle, 1), until=())
    hear_all(both)
    live_through(both)
    assert asked_about(both, order) == {filters}
    assert "A return is open. Left out for it: 1 of 2 items." in why(both, order)
    for decision in until:
        act(both, f"/returns/{case}/{decision}")
    hear_all(both)
    live_through(both, days=2)
    assert asked_about(both, order) == {filters, kettle}
    asks = select(Message.id).join(Order, Order.id == Message.order_id)
    assert len(both.rows(asks.where(Order.shopify_id == order, Message.step == ASK))) == 2


def test_what_stays_is_not_asked_about_by_a_flow_that_was_started_anew_since(both):
    order, (kettle, filters) = arrived(both, ("harbour-kettle", 1), ("paper-filters", 1))
    case = send_back(both, order, (kettle, 1), until=())
    hear_all(both)
    live_through(both)
    assert asked_about(both, order) == {filters}
    started = both.now
    began = {row.id: row.started_at for row in both.rows(select(Flow.id, Flow.started_at))}
    with both.work_in_shop(both.shop_id) as session:  # as after an uninstall, a reinstall and a start
        session.execute(update(Flow).values(started_at=started))
    act(both, f"/returns/{case}/decline")
    hear_all(both)
    live_through(both, days=2)
    with both.work_in_shop(both.shop_id) as session:
        for flow, at in began.items():
            session.execute(update(Flow).where(Flow.id == flow).values(started_at=at))
    assert asked_about(both, order) == {filters}


def test_where_every_line_is_in_a_return_the_close_ends_the_wait_at_once(both):
    order, (kettle,) = arrived(both, ("harbour-kettle", 2))
    case = send_back(both, order, (kettle, 1), until=("approve",))
    hear_all(both)
    live_through(both)
    assert asked_about(both, order) == set()
    act(both, f"/returns/{case}/take-out", lines=[{"line": kettle}])
    both.lose("orders/updated")
    hear_all(both)
    assert kept(both, case) == {}
    act(both, f"/returns/{case}/close")
    hear_all(both)
    both.drain()
    assert asked_about(both, order) == {kettle}


def test_an_exchange_starts_the_clock_anew_for_what_is_sent_instead(both):
    order, (kettle, filters) = arrived(both, ("harbour-kettle", 1), ("paper-filters", 1))
    case = send_back(both, order, (kettle, 1), until=("approve",))
    hear_all(both)
    both.move(hours=1)
    act(both, f"/returns/{case}/process", exchange=[{"variant": "stoneware-mugs"}])
    both.lose("orders/edited")
    both.lose("orders/updated")
    both.hear("returns/process")
    mugs = both.rows(
        select(OrderLine.shopify_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.shopify_id == order, OrderLine.shopify_id.not_in([kettle, filters]))
    )
    ((mugs,),) = mugs
    act(both, f"/returns/{case}/close")
    live_through(both)
    assert asked_about(both, order) == {filters}, "the mugs have not been sent"
    parcel = act(both, f"/orders/{order}/fulfillments")
    both.move(hours=20)
    act(both, f"/fulfillments/{parcel['id']}/events", status="delivered")
    live_through(both, days=6)
    assert asked_about(both, order) == {filters}, "seven days after they arrived, not after the kettle did"
    live_through(both, days=3)
    assert asked_about(both, order) == {filters, mugs}


@pytest.mark.parametrize("until", [("decline",), ("approve", "cancel")])
def test_a_return_that_came_to_nothing_takes_nothing_out(both, until):
    order, (kettle,) = arrived(both, ("harbour-kettle", 1))
    send_back(both, order, (kettle, 1), until=until)
    live_through(both)
    assert asked_about(both, order) == {kettle}


def test_the_close_alone_is_enough_to_know_what_came_back(both):
    order, (kettle, _) = arrived(both, ("harbour-kettle", 1), ("paper-filters", 1))
    case = send_back(both, order, (kettle, 1))
    both.lose("returns/request")
    both.lose("returns/approve")
    both.lose("orders/updated")
    both.hear("returns/close")
    assert kept(both, case) == {kettle: 1}


def test_a_return_nobody_heard_of_is_read_with_its_order(both):
    order, (kettle,) = arrived(both, ("harbour-kettle", 2))
    case = send_back(both, order, (kettle, 2))
    both.lose()
    both.reconcile(both.shop_id)
    assert kept(both, case) == {kettle: 2}
    live_through(both)
    assert verdict(both, order) == ("done", "items_returned")


def test_an_approval_that_comes_after_the_close_opens_nothing(both):
    order, (kettle,) = arrived(both, ("harbour-kettle", 1))
    case = send_back(both, order, (kettle, 1))
    both.hear("returns/close", "returns/approve", "returns/request")
    status = select(ReturnCase.status).where(ReturnCase.shopify_id == case)
    assert both.rows(status) == [("closed",)]
    assert kept(both, case) == {kettle: 1}


def test_what_is_older_changes_no_line_and_the_same_again_changes_nothing(both):
    order, (kettle, filters) = arrived(both, ("harbour-kettle", 3), ("paper-filters", 2))
    one = {"shopify_id": 77_000 + next(NUMBERS), "order_shopify_id": order, "status": ReturnStatus.CLOSED}
    here = both.now

    def tell(lines, at, **more):
        with both.work_in_shop(both.shop_id) as session:
            row = session.scalars(select(Order).where(Order.shopify_id == order)).one()
            facts = ReturnFacts(**one, lines=lines, **more)
            record_return(session, row, facts, line_ids(session, row.id), Told(WEBHOOK, at, here))
        return kept(both, one["shopify_id"])

    # Out of two parcels it comes back in two lines of the return.
    assert tell(((kettle, 1), (kettle, 1), (filters, 1)), here) == {kettle: 2, filters: 1}
    rows = select(ReturnLine.id, ReturnLine.quantity).order_by(ReturnLine.id)
    before = both.rows(rows)
    assert tell(((kettle, 1), (kettle, 1), (filters, 1)), here) == {kettle: 2, filters: 1}
    assert both.rows(rows) == before
    assert tell(((filters, 2),), here - timedelta(seconds=1)) == {kettle: 2, filters: 1}
    assert tell((), here + timedelta(seconds=1), untold=frozenset({"lines"})) == {kettle: 2, filters: 1}
    assert tell(((kettle, 3),), here + timedelta(seconds=2), truncated=frozenset({"lines"})) == {kettle: 3, filters: 1}
    assert tell(((kettle, 1),), here + timedelta(seconds=3)) == {kettle: 1}
