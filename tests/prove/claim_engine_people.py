"""Claims about who a person is and what they agreed to: whatever the order it is heard in."""

import random
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from app.customers.consent import standing, state_consent
from app.customers.ledger import STRICTNESS, strictness
from app.customers.merge import merge_told
from app.customers.models import Customer
from app.customers.topics import consent_told
from app.kit.clock import real_now
from app.kit.work import unit_of_work
from app.orders.models import Order
from app.shopify.webhooks.apply import Delivery
from app.shops.install import ensure_installed
from tests.prove.claims import Figure, Scale, claim
from tests.prove.world import wired

SEED = 20261122
DOMAIN = "one-person.myshopify.com"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = {"ana": 91_001, "bea": 91_002, "cleo": 91_003}  # ana is merged into bea, bea into cleo
MERGES = (("ana", "bea", 20), ("bea", "cleo", 40))  # at these seconds
ORDERS = 8  # each history is heard in, beside its own
STATES = ("subscribed", "unsubscribed", "not_subscribed", "pending")


@claim("engine", "Merges and consent end the same in whatever order they are heard, and the stricter holds", quick=True)
def permutations(scale: Scale) -> Figure:
    """Tell random histories of three customers who are one person, shuffled and partly twice, and compare the ends."""
    dice, size = random.Random(SEED), scale(10_000, quick=200)
    differ, looser, agreed = 0, 0, 0
    with wired() as (runtime, _):
        with unit_of_work(runtime) as session:
            shop_id = ensure_installed(session, DOMAIN).id
        with unit_of_work(runtime, shop_id=shop_id) as session:
            _put_people(session, shop_id)
        with unit_of_work(runtime, shop_id=shop_id) as session:
            for _ in range(size // ORDERS):
                story = _story(dice)
                canonical, loosest = _end(session, story), strictness(_stated_last(story))
                for _ in range(ORDERS):
                    told = story + dice.sample(story, 1)
                    dice.shuffle(told)
                    end = _end(session, told)
                    differ += end != canonical
                    looser += strictness(end[0]) > loosest
                    agreed += end[0] == "subscribed"
            session.rollback()
    ends = f"{differ} end otherwise, {looser} looser than was said, {agreed} agreed"
    words = f"{size} orders of {size // ORDERS} histories: {ends}; seed {SEED}"
    return Figure(words, holds=differ == looser == 0 and 0 < agreed < size)


def _put_people(session, shop_id):
    for name, number in IDS.items():
        customer = Customer(shop_id=shop_id, shopify_id=number, email=f"{name}@example.com")
        session.add(customer)
        session.flush()
        order = {"currency": "GBP", "total": 1, "placed_at": NOON, "source_updated_at": NOON}
        session.add(Order(shop_id=shop_id, shopify_id=number, name=f"#{number}", customer_id=customer.id, **order))


def _story(dice):
    """Return what happened, in its order: (second, verb, facts)."""
    said = [
        (dice.randint(0, 59), "says", (name, dice.choice(STATES), dice.random() < 0.3))
        for name in IDS
        for _ in range(dice.choice([0, 1, 1, 2]))
    ]
    # Nobody speaks as somebody who is no more.
    gone = {gone: second for gone, _, second in MERGES}
    lived = [each for each in said if each[0] < gone.get(each[2][0], 60)]
    return sorted([*lived, *((second, "merge", (gone, kept)) for gone, kept, second in MERGES)], key=str)


def _end(session, story):
    """Hear a story, return what is known then, and forget it."""
    heard = session.begin_nested()
    for second, verb, facts in story:
        at = NOON + timedelta(seconds=second)
        if verb == "merge":
            merge_told(session, _delivery("customers/merge", at, _merge_body(*facts)))
        else:
            _says(session, at, *facts)
    people = {row.shopify_id: row for row in session.scalars(select(Customer))}
    kept = people[IDS["cleo"]]
    said = standing(session, [kept.id]).get(kept.id)
    buyers = set(session.scalars(select(Order.customer_id)))
    merged = [people[IDS[name]].merged_into == kept.id for name in ("ana", "bea")]
    end = (said.state if said else "not_subscribed", said.happened_at if said else None, buyers == {kept.id}, merged)
    heard.rollback()
    session.expire_all()
    return end


def _says(session, at, name, state, here):
    if here:
        customer = session.scalars(select(Customer).where(Customer.shopify_id == IDS[name])).one()
        facts = {"state": state, "source": "our_link", "happened_at": at, "received_at": real_now()}
        state_consent(session, customer.id, **facts)
        return
    consent = {"state": state, "opt_in_level": None, "consent_updated_at": at.isoformat()}
    body = {"customer_id": IDS[name], "email_address": f"{name}@example.com", "email_marketing_consent": consent}
    consent_told(session, _delivery("customers_email_marketing_consent/update", at, body))


def _stated_last(story):
    """Return the loosest that may hold: what was last said as cleo, or the strictest last word of the three."""
    last = {}
    for second, verb, facts in story:
        if verb == "says":
            name, state, _ = facts
            before = last.get(name, (-1, "subscribed"))
            same = second == before[0]
            last[name] = (
                (second, min(before[1], state, key=STRICTNESS.index) if same else state)
                if second >= before[0]
                else before
            )
    spoken = last.get("cleo", (-1, ""))[0]
    counted = [state for name, (_, state) in last.items() if name == "cleo" or spoken <= MERGES[-1][2]]
    return min(counted, key=STRICTNESS.index, default="not_subscribed")


def _delivery(topic, at, body):
    return Delivery(DOMAIN, topic, at, at, body)


def _merge_body(gone, kept):
    return {
        "admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{IDS[kept]}",
        "admin_graphql_api_customer_deleted_id": f"gid://shopify/Customer/{IDS[gone]}",
        "status": "completed",
    }
