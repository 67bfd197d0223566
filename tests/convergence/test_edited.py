"""Edits, returns, refunds and exchanges, heard in any order: the plan is the one of whoever heard them in theirs.

Two orders live through the same at the same time. Of one every webhook is heard at once, of the other all are heard at
the end, shuffled and some of them twice.
"""

import random
from dataclasses import asdict

import pytest
from sqlalchemy import select

from app.flows.facts.gather import gather
from app.flows.models import FollowUp
from app.orders.models import Order, OrderLine
from devstore.state.engine import unit_of_work
from devstore.state.models import LineItem, WebhookDelivery
from tests.convergence.persons import GB, deliver_one, waiting_deliveries
from tests.convergence.test_erased import text_of
from tests.convergence.test_returned import act, asked_about, hear_all, live_through

GOODS = ("harbour-kettle", "paper-filters", "stoneware-mugs")


@pytest.fixture(autouse=True)
def nothing_on_the_way(both):
    both.move(minutes=1)
    both.lose()


class Life:
    """One of the two orders. Acts name its lines by their place, so that both orders do the same."""

    def __init__(self, both, dice, name):
        self.both, self.dice = both, dice
        person = {"email": f"{name}{dice.random()}@example.com", "first_name": name}
        lines = [{"variant": each, "quantity": 2} for each in GOODS[:2]]
        self.id = act(both, "/orders", customer=person, lines=lines)["id"]
        self.returns, self.parcels = [], []

    def line(self):
        return self.dice.choice(lines_of(self.id))

    def try_(self, path, **body):
        answer = self.both.store.post(f"/api{path}", json=body)
        assert answer.status_code in {200, 201, 422}, answer.text
        return answer.json if answer.status_code < 300 else None

    def add(self):
        self.try_(f"/orders/{self.id}/edit", add=[{"variant": self.dice.choice(GOODS)}])

    def remove(self):
        self.try_(f"/orders/{self.id}/edit", remove=[{"line": self.line()}])

    def ship(self):
        made = self.try_(f"/orders/{self.id}/fulfillments")
        self.parcels += [made["id"]] if made else []

    def arrive(self):
        for parcel in self.parcels[-1:]:
            self.try_(f"/fulfillments/{parcel}/events", status="delivered")

    def refund(self):
        self.try_(f"/orders/{self.id}/refunds", lines=[{"line": self.line(), "quantity": 1}])

    def ask_return(self):
        made = self.try_(f"/orders/{self.id}/returns", lines=[{"line": self.line()}])
        self.returns += [made["id"]] if made else []

    def decide(self):
        for case in self.returns[-1:]:
            self.try_(
                f"/returns/{case}/{self.dice.choice(['approve', 'approve', 'decline', 'close', 'reopen', 'cancel'])}"
            )

    def exchange(self):
        for case in self.returns[-1:]:
            self.try_(f"/returns/{case}/process", exchange=[{"variant": GOODS[2]}])


def lines_of(order):
    with unit_of_work(announce=False) as session:
        query = select(LineItem).where(LineItem.order_id == order).order_by(LineItem.position, LineItem.id)
        return [each.id for each in session.scalars(query)]


ACTS = ("add", "remove", "ship", "arrive", "refund", "ask_return", "decide", "decide", "exchange")


def plan(both, shopify_id):
    """Everything planned for an order and all it will be decided by, without ids."""
    with both.work_in_shop(both.shop_id) as session:
        order = session.scalars(select(Order).where(Order.shopify_id == shopify_id)).one()
        lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.shopify_id))
        place = {line.id: number for number, line in enumerate(lines)}
        ids = session.scalars(select(FollowUp.id).where(FollowUp.order_id == order.id)).all()
        rows = []
        for one in gather(session, ids):
            items = sorted(
                (place[item.order_line_id], item.current_quantity, item.refunded, item.returned, str(item.delivered_at))
                for item in one.facts.items
            )
            back = sorted(sorted(place[line] for line in case.lines) for case in one.facts.open_returns)
            row = one.follow_up
            known = asdict(one.facts.order) | {"name": ""}
            rows.append(
                (
                    row.step,
                    row.state.value,
                    str(row.anchor_at),
                    row.provisional,
                    str(row.expires_at),
                    items,
                    back,
                    known,
                )
            )
        return sorted(rows, key=str)


def live(both, seed, *, acts):
    """Live through `acts` random acts twice; return the two plans."""
    told = f"{seed}"
    first, second = Life(both, random.Random(told), "ana"), Life(both, random.Random(told), "ben")
    late = take_away(both, second.id)
    dice = random.Random(f"acts {seed}")
    for act_ in ["ship", "arrive", *dice.choices(ACTS, k=acts)]:
        both.move(minutes=dice.randint(1, 300))
        for each in (first, second):
            getattr(each, act_)()
            late += take_away(both, second.id) if each is second else []
            hear_all(both)
    late += dice.sample(late, len(late) // 3)
    dice.shuffle(late)
    for number in late:
        deliver_one(both, number)
        if dice.random() < 0.4:
            both.apply()
    both.apply()
    return plan(both, first.id), plan(both, second.id)


def take_away(both, order):
    """Take what is on the way about the second order out of the post; return the ids."""
    hidden = waiting_deliveries()
    with unit_of_work(announce=False) as session:
        for number in hidden:
            session.get_one(WebhookDelivery, number).state = "lost"
    return hidden


@pytest.mark.parametrize("seed", range(2))
def test_in_any_order_the_plan_is_the_same(both, seed):
    canonical, shuffled = live(both, seed, acts=12)
    assert canonical
    assert shuffled == canonical


def test_an_added_line_joins_and_a_removed_one_leaves_and_the_mail_names_what_is_there(both):
    person = {"email": "edit@example.com", "first_name": "Edda", "address": GB}
    lines = [{"variant": "harbour-kettle"}, {"variant": "paper-filters"}]
    order = act(both, "/orders", customer=person, lines=lines)
    hear_all(both)
    filters = order["line_items"][1]["id"]
    act(both, f"/orders/{order['id']}/edit", add=[{"variant": "stoneware-mugs"}], remove=[{"line": filters}])
    both.hear("orders/edited")
    parcel = act(both, f"/orders/{order['id']}/fulfillments")
    both.move(hours=20)
    act(both, f"/fulfillments/{parcel['id']}/events", status="delivered")
    live_through(both)
    (mugs,) = [each for each in lines_of(order["id"]) if each not in {line["id"] for line in order["line_items"]}]
    assert asked_about(both, order["id"]) == {order["line_items"][0]["id"], mugs}
    told = [text_of(mail) for mail in both.sink() if "edit@example.com" in str(mail["to"])]
    assert len(told) >= 3
    assert [words for words in told if "filter" in words.lower()] == []
