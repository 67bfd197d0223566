"""Starting: who would get what is said before, and done when the merchant says so; once."""

from sqlalchemy import select

from app.experiments.models import Arm
from app.flows.models import Enrollment, Flow, FlowState, FlowVersion, FollowUpState
from app.flows.planning.by_hand.start import Choice, offer, start
from app.flows.sending import drain


def started(merchant, **answers):
    with merchant.work() as session:
        return start(session, Choice(**answers), by="user:7")


def offered(merchant, **answers):
    with merchant.work() as session:
        return offer(session, Choice(**answers))


def test_by_default_only_orders_from_now_get_anything(merchant):
    merchant.order("Ana", sent=1)
    assert started(merchant)
    assert merchant.plans() == {}
    merchant.pass_time(minutes=5)
    merchant.order("Bela", placed=0)
    assert list(merchant.plans()) == [("#1402", "thank_you")]


def test_shipping_news_is_left_to_shopify_by_default_and_sent_where_shopify_does_not(merchant):
    assert started(merchant)
    merchant.order("Ana", placed=0, sent=0)
    assert {step for _, step in merchant.plans()} == {"thank_you", "product_help", "review_request"}
    documents = [version.document for (version,) in merchant.rows(select(FlowVersion))]
    assert len(documents) == 2  # the answer changed nothing of what was installed: no new version


def test_where_shopify_sends_no_shipping_mails_they_are_switched_on(merchant):
    assert started(merchant, shopify_sends_shipping_mails=False)
    merchant.order("Ana", placed=0, sent=0)
    assert {"shipped", "delivered"} <= {step for _, step in merchant.plans()}


def test_orders_on_their_way_are_offered_with_what_they_would_get(merchant):
    merchant.order("Ana", sent=1)
    merchant.order("Bernd", sent=2, country="DE")
    merchant.order("Cleo", sent=5, arrived=1)  # arrived: never included
    merchant.order("Dora", placed=90, sent=80)  # lost long ago: nobody would call that on its way
    merchant.order("Egon", sent=1, cancelled_at=merchant.now)
    told = offered(merchant)
    assert told.orders == 2
    names = {(each.gathered.person.customer.first_name, each.gathered.step.key) for each in told.messages}
    assert names == {(name, step) for name in ("Ana", "Bernd") for step in ("product_help", "review_request")}
    refused = [each for each in told.messages if getattr(each.verdict, "reason", None) == "no_basis"]
    assert [each.gathered.person.customer.first_name for each in refused] == ["Bernd"]


def test_an_offer_stores_nothing(merchant):
    merchant.order("Ana", sent=1)
    offered(merchant, shopify_sends_shipping_mails=False)
    assert merchant.rows(select(Enrollment)) == []
    assert merchant.plans() == {}


def test_what_was_offered_is_what_is_planned_to_the_second(merchant):
    for name in ("Ana", "Bernd", "Dai"):
        merchant.order(name, sent=1, country={"Dai": "JP", "Bernd": "DE"}.get(name, "GB"))
    answers = {"shopify_sends_shipping_mails": False, "include_on_the_road": True}
    told = {
        (each.gathered.order.name, each.gathered.step.key): each.gathered.follow_up.due_at
        for each in offered(merchant, **answers).messages
    }
    assert started(merchant, **answers)
    assert {key: row.due_at for key, row in merchant.plans().items()} == told


def test_including_never_thanks_for_an_old_order_and_never_takes_in_what_arrived(merchant):
    merchant.order("Ana", sent=1)
    merchant.order("Cleo", sent=5, arrived=1)
    assert started(merchant, include_on_the_road=True)
    assert list(merchant.plans()) == [("#1401", "product_help"), ("#1401", "review_request")]


def test_news_that_is_too_old_at_the_start_says_so_instead_of_going_out(merchant):
    merchant.order("Ana", sent=6)
    merchant.order("Bela", sent=1)
    assert started(merchant, shopify_sends_shipping_mails=False, include_on_the_road=True)
    old, fresh = merchant.plans()["#1401", "shipped"], merchant.plans()["#1402", "shipped"]
    assert (old.state, old.reason) == (FollowUpState.DONE, "before_start")
    assert (fresh.state, fresh.due_at) == (FollowUpState.SCHEDULED, merchant.now)


def test_a_second_press_changes_nothing(merchant):
    order = merchant.order("Ana", sent=1)
    assert started(merchant)
    before = merchant.rows(select(Flow.started_at, Flow.version))
    merchant.pass_time(minutes=1)
    assert not started(merchant, include_on_the_road=True, shopify_sends_shipping_mails=False)
    assert merchant.rows(select(Flow.started_at, Flow.version)) == before
    merchant.told(order)
    assert merchant.plans() == {}


def test_a_later_parcel_of_an_order_taken_in_belongs_to_it(merchant):
    from app.orders.parcels import Fulfillment, FulfillmentLine

    order = merchant.order("Grace", sent=1)
    assert started(merchant, include_on_the_road=True)
    merchant.pass_time(hours=3)
    with merchant.work() as session:
        line = session.scalars(select(FulfillmentLine)).one()
        second = Fulfillment(
            shop_id=merchant.id, order_id=order, shopify_id=1, status="success", shipped_at=merchant.now,
            source_updated_at=merchant.now,
        )  # fmt: skip
        session.add(second)
        session.flush()
        session.add(
            FulfillmentLine(shop_id=merchant.id, fulfillment_id=second.id, order_line_id=line.order_line_id, quantity=1)
        )
    merchant.told(order)
    assert len(merchant.rows(select(Enrollment))) == 2


def test_starting_ends_a_pause_and_makes_every_flow_run(merchant):
    assert started(merchant)
    assert {flow.state for (flow,) in merchant.rows(select(Flow))} == {FlowState.RUNNING}


def test_the_two_subjects_are_drawn_from_the_start(merchant):
    assert started(merchant)
    assert [row.key for row in merchant.rows(select(Arm.key).order_by(Arm.id))] == ["A", "B"]


def test_nothing_leaves_before_the_start(merchant):
    merchant.order("Ana", placed=0, sent=0)
    assert drain.drain(merchant.wired) == 0
