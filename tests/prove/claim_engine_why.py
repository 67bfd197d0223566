"""The claim about "Why?": an answer for any message, order, person or customer, before anybody looks away."""

import random
import time
from datetime import timedelta

from sqlalchemy import select, text, update

from app.flows.facts.gather import gather
from app.flows.models import Flow, FlowState, FollowUp
from app.flows.pages.why import ask_why
from app.flows.pages.why.derivation import derive_all
from app.flows.planning.record_decision import Evaluated, record_all
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.kit.clock import business_now, real_now
from tests.guard.crowd import asked_of
from tests.prove.claims import Figure, Scale, claim
from tests.prove.world import wired
from tests.shopper.people import People

SEED = 20261122
PEOPLE, ORDERS_EACH, LOOKS = 50, 8, 250
AGAIN = """insert into decision (shop_id, follow_up_id, decided_at, rule_version, rule, outcome, reason, until, facts)
    select shop_id, follow_up_id, decided_at - n * interval '1 hour', rule_version, rule, outcome, reason, until, facts
    from decision, generate_series(1, :times) n"""


@claim("engine", "Why? answers any question within a second in a shop with 100,000 decisions")
def answers_at_once(scale: Scale) -> Figure:
    """Ask by message, order, customer and address, as the page and the terminal do; the slowest answer counts."""
    with wired() as (here, _):
        people = People(here)
        with people.work() as session:
            running = {"state": FlowState.RUNNING, "started_at": real_now(), "include_from": real_now() - timedelta(90)}
            session.execute(update(Flow).where(Flow.key == "parcel").values(running))
        asked_of(people, scale(PEOPLE, quick=4), ORDERS_EACH)
        many = decided(people, LOOKS)
        rng, taken = random.Random(SEED), []
        rows = people.rows(
            text("""select f.id::text as message, o.name, o.customer_id::text as customer, o.email from follow_up f
                join "order" o on o.shop_id = f.shop_id and o.id = f.order_id""")
        )
        for row in rng.sample(rows, min(len(rows), 10)):
            for find, named in (
                (ask_why.of_message, row.message),
                (ask_why.of_order, row.name),
                (ask_why.of_customer, row.customer),
                (ask_why.of_address, row.email),
            ):
                began = time.monotonic()
                with people.work() as session:
                    derive_all(session, find(session, named))
                taken.append((time.monotonic() - began, find.__name__))
    worst, which = max(taken)
    middle = sorted(taken)[len(taken) // 2][0]
    words = f"{many:,} decisions, {len(taken)} questions: median {middle * 1000:.0f} ms, worst {worst * 1000:.0f} ms"
    return Figure(f"{words} ({which}, eight messages told at once)", holds=worst < 1)


def decided(people: People, looks: int) -> int:
    """Decide about every follow-up once, and copy what was kept as if it had been looked at every hour."""
    with people.work() as session:
        now = business_now(session)
        ids = list(session.scalars(select(FollowUp.id)))
        found = gather(session, ids)
        record_all(
            session, [Evaluated(one.follow_up, one.facts, decide(one.facts, Limits(), now)) for one in found], now
        )
        session.execute(text(AGAIN), {"times": looks - 1})
    with people.work() as session:
        session.execute(text("analyze decision"))
        return session.scalar(text("select count(*) from decision")) or 0
