"""A month of the merchant's own flows comes out again: filters, forks, splits, waits, exits, the calendar, changes."""

from dataclasses import replace
from datetime import timedelta

from app.flows.facts import published
from app.flows.language.flow import change_sends
from app.flows.language.forms import flow_document
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.shops.measures import Measures
from app.shops.settings import save
from tests.admin.flow_documents import document, send, wait
from tests.replay.played import differences, forget_decisions, kinds, left, play, replayed

NEAR = {"not": {"fact": "order_country", "op": "is", "value": "JP"}}
LARGE = {
    "any": [
        {"fact": "order_quantity", "op": "at_least", "value": 6},
        {
            "all": [
                {"fact": "order_quantity", "op": "at_least", "value": 4},
                {"fact": "collections", "op": "one_of", "value": ["counter"]},
            ]
        },
        {
            "all": [
                {"fact": "skus", "op": "one_of", "value": ["hk-1"]},
                {"fact": "collections", "op": "none_of", "value": ["nowhere", "Garden"]},
                {"not": {"fact": "discount_codes", "op": "one_of", "value": ["VIP1"]}},
            ]
        },
    ]
}
SEVERAL = {"fact": "customer_orders", "op": "at_least", "value": 2}


def mail(key, **changes):
    return send(key, **changes)


def own_flow(**changes):
    steps = [
        mail("hello"),
        wait("pause", 1),
        {
            "type": "branch", "key": "fork", "if": LARGE,
            "then": [
                {"type": "split", "key": "try", "experiment": "tone", "arms": [
                    {"name": "short", "share": 1, "steps": [mail("short", anchor="previous_step")]},
                    {"name": "long", "share": 1, "steps": [mail("long", anchor="previous_step", delay_days=1)]},
                ]},
            ],
            "else": [mail("small", anchor="previous_step", delay_days=2)],
        },
        {"type": "wait_until", "key": "again", "at_most_days": 6, "event": "ordered_again"},
        mail("last", anchor="previous_step", message_class="marketing", topic="product_help"),
    ]  # fmt: skip
    wanted = {"key": "care", "on": {"on": "paid", "filter": NEAR}, "exit": {"on": ["cancelled"]}} | changes
    return flow_document(document(*steps, **wanted))


def start_own(session):
    save_flow(session, own_flow(), by="user:7", move=False)
    switch_on(session, "care", by="user:7")


def start_quiet(session):
    """Write to whoever has been silent for five days."""
    steps = [mail("quiet", message_class="marketing", topic="product_help", max_age_days=4)]
    quiet = document(*steps, key="quiet", on={"on": "days_without_order", "days": 5})
    save_flow(session, flow_document(quiet), by="user:7", move=False)
    switch_on(session, "quiet", by="user:7")


def fewer(session):
    save(session, Measures(per_week=1), by="user:7")


def later(session):
    _, known = published.current(session)["parcel"]
    changed = change_sends(known, lambda step: replace(step, delay=step.delay + timedelta(days=1)))
    save_flow(session, changed, by="user:7", move=False)


def choosier(session):
    save_flow(session, own_flow(profile={"not": SEVERAL}), by="user:7", move=False)


def test_a_month_of_own_flows_comes_out_again(fresh):
    does = [(0, start_own), (0, start_quiet), (100, fewer), (130, later), (150, choosier)]
    ticks = play(fresh, 6, "own", people=3, merchant=does, calendar=True)
    forget_decisions(fresh)
    before = left(fresh)
    after, told = replayed(fresh, ticks)
    assert differences(before, after) == []
    steps = {step for step, _, _ in before}
    assert "hello" in steps
    assert steps & {"small", "short", "long"}
    assert "quiet" in steps or "quiet" in {each.saying.step.key for each in told}
    assert len(kinds(told)) > 3
