"""What a shop's parcels teach, from rows to plans and pages, and what takes it back."""

from sqlalchemy import select

from app.flows.facts.gather import gather
from app.flows.rules.decision import Postpone, Send
from app.flows.sending.compose import compose
from app.flows.sending.linking import MessageLinks
from app.flows.sending.write import prepare_desk
from app.messages.mail import presets
from app.messages.mail.fill import fill
from app.orders.arrival.watch import run_due
from app.orders.lanes import rounds
from app.orders.lanes.models import Lane, LaneBook
from app.orders.lanes.settings import Deliveries
from app.orders.models import Order
from app.shops.settings import save
from tests.admin.lanes_shop import (
    HOUR,
    SILENT,
    change,
    choose,
    late_one,
    learn,
    on_silent_lane,
    parcel_of,
    request,
    ruling,
    scan,
    shop,
)
from tests.admin.merchant import DAY

assert shop  # a fixture


def test_what_lies_at_the_counter_teaches_nothing_of_the_way(shop):
    learn(shop)
    before = {(row.carrier, row.tracked): row.parcels for (row,) in shop.rows(select(Lane))}
    for days in range(30):
        waiting = shop.order("Emi", placed=days + 1, sent=days)
        change(shop, waiting, tracking_number=None, tracking_company=None, ready_for_pickup_at=shop.now - days * DAY)
    learn(shop)
    assert {(row.carrier, row.tracked): row.parcels for (row,) in shop.rows(select(Lane))} == before


def test_a_round_learns_every_lane_and_learning_again_changes_nothing(shop):
    learn(shop)
    first = {row[0].carrier: row[0] for row in shop.rows(select(Lane))}
    assert first["Royal Mail"].told > 0.9
    assert first[SILENT].told < 0.2
    assert first["Royal Mail"].parcels == 40
    learn(shop)
    again = {row[0].carrier: row[0] for row in shop.rows(select(Lane))}
    assert {name: (row.counts, row.curve, row.told) for name, row in first.items()} == {
        name: (row.counts, row.curve, row.told) for name, row in again.items()
    }
    ((book,),) = shop.rows(select(LaneBook))
    assert book.next_at == book.learn_at == shop.now + DAY


def test_a_shop_is_learned_daily_and_not_before(shop):
    assert learn(shop) > 0
    assert rounds.run_due(shop.wired) == 0
    shop.pass_time(hours=25)
    assert rounds.run_due(shop.wired) > 0


def test_a_silent_parcel_is_asked_about_after_it_should_have_arrived(shop):
    learn(shop)
    order = on_silent_lane(shop)
    parcel = parcel_of(shop, order)
    assert (parcel.inferred_risk, parcel.inferred_by) == (0.1, "country")
    assert parcel.shipped_at < parcel.inferred_at < parcel.shipped_at + 14 * DAY
    row = request(shop, order)
    assert row.provisional
    assert row.anchor_at == parcel.inferred_at
    assert parcel.inferred_at + 7 * DAY <= row.due_at < parcel.shipped_at + 21 * DAY
    # What says "it arrived" waits for somebody to report it.
    assert all(told.anchor_at != parcel.inferred_at for told in shop.plans("delivered").values())


def test_a_parcel_on_the_road_is_told_once_lanes_are_learned(shop):
    order = on_silent_lane(shop)
    before = request(shop, order)
    assert before.anchor_at == parcel_of(shop, order).shipped_at
    learn(shop)
    assert request(shop, order).due_at < before.due_at


def test_a_scan_takes_the_estimate_back_or_moves_it_and_a_report_ends_it(shop):
    learn(shop)
    order = on_silent_lane(shop)
    first = parcel_of(shop, order).inferred_at
    shop.clock["now"] = first + DAY
    scan(shop, order, "in_transit")
    assert parcel_of(shop, order).inferred_at > first + DAY
    scan(shop, order, "attempted_delivery", ago=-HOUR, n=2)
    assert parcel_of(shop, order).inferred_at is None
    assert request(shop, order).anchor_at == parcel_of(shop, order).shipped_at  # back to its latest day
    scan(shop, order, "delivered", ago=-2 * HOUR, n=3)
    parcel = parcel_of(shop, order)
    assert (parcel.inferred_at, parcel.expected_to, parcel.late_at) == (None, None, None)
    assert request(shop, order).anchor_at == parcel.delivered_at


def test_the_carrier_s_last_word_on_when_it_comes_holds_whichever_is_heard_first(shop):
    order = shop.order("Mia", placed=0, sent=0)
    first, last = shop.now + 2 * DAY, shop.now + 5 * DAY
    scan(shop, order, "out_for_delivery", ago=HOUR, n=1, expected=last)
    scan(shop, order, "in_transit", ago=9 * HOUR, n=2, expected=first)  # its webhook was nine hours late
    scan(shop, order, "in_transit", n=3)  # says nothing about it
    assert parcel_of(shop, order).estimated_delivery_at == last


def test_never_guess_goes_back_to_the_latest_day(shop):
    learn(shop)
    order = on_silent_lane(shop)
    estimated = request(shop, order).due_at
    choose(shop, risk_percent=0)
    assert parcel_of(shop, order).inferred_at is None
    assert request(shop, order).due_at > estimated
    choose(shop, risk_percent=20)
    assert request(shop, order).due_at < estimated


def test_an_estimate_of_another_risk_is_not_acted_on(shop):
    """Between the merchant's choice and the next round the guard alone stands in the way."""
    learn(shop)
    order = on_silent_lane(shop)
    with shop.work() as session:
        save(session, Deliveries(risk_percent=5), by="user:1")
    shop.clock["now"] = request(shop, order).due_at + HOUR
    assert isinstance(ruling(shop, order), Postpone)
    choose(shop, risk_percent=10)
    shop.clock["now"] = request(shop, order).due_at + HOUR
    assert isinstance(ruling(shop, order), Send)


def test_a_parcel_without_tracking_is_never_late_and_goes_by_its_lane_or_its_latest_day(shop):
    learn(shop)
    order = on_silent_lane(shop, tracking_number=None)
    parcel = parcel_of(shop, order)
    assert (parcel.late_at, parcel.expected_from) == (None, None)
    shop.pass_time(days=30)
    assert run_due(shop.wired) == 0


def timeline(shop, order):
    ((customer,),) = shop.rows(select(Order.customer_id).where(Order.id == order))
    return shop.fetch(f"/customers/{customer}").text


def test_the_timeline_says_how_an_arrival_is_known_and_what_is_late(shop):
    learn(shop)
    order = on_silent_lane(shop)
    assert "(sent)" in timeline(shop, order)
    assert "4 of 5 of your parcels on this way" in timeline(shop, order)
    shop.clock["now"] = parcel_of(shop, order).inferred_at + HOUR
    page = timeline(shop, order)
    assert "should have arrived" in page
    assert "estimated, 90 % sure, by your parcels to this country" in page
    late = late_one(shop)
    run_due(shop.wired)
    assert "is late" in timeline(shop, late)


def test_the_shipped_mail_says_when_to_expect_it_and_promises_nothing_unknown(shop):
    unknown = shop.order("Farid", placed=0, sent=0)
    change(shop, unknown)
    assert "should be with you" not in mail(shop, unknown)
    choose(shop, home_from=2, home_to=4)
    assert "should be with you between" in mail(shop, unknown)
    learn(shop)
    known = shop.order("Ana", placed=0, sent=0)
    change(shop, known)
    assert parcel_of(shop, known).expected_by == "lane"
    assert "should be with you between" in mail(shop, known)


def mail(shop, order):
    """The text of the shipped mail as it would be written now."""
    with shop.work() as session:
        (row,) = (row for row in shop.plans("shipped").values() if row.order_id == order)
        (one,) = gather(session, [row.id])
        desk = prepare_desk(session, shop.wired.config, [one])
        lines = tuple(item.order_line_id for item in one.facts.items)
        context = compose(
            desk.shown, one, lines, MessageLinks(shop.wired.config, shop.id, desk.known[row.id]), "", shop.now
        )
        return fill(presets.template("shipped", "en"), context.as_mapping()).text
