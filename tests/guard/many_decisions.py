"""Shops with as many decisions as two hundred merchants leave behind: a few by the app's verbs, then by plain SQL."""

from datetime import timedelta

import psycopg
from sqlalchemy import select, text, update

from app.flows.facts.gather import gather
from app.flows.models import Flow, FlowState, FollowUp
from app.flows.planning.record_decision import Evaluated, record_all
from app.flows.rules.guard import decide
from app.flows.timing.limits import Limits
from app.kit.clock import business_now, real_now
from app.kit.work import unit_of_work
from app.shops.install import ensure_installed
from bench import due_orders
from tests.guard.crowd import asked_of

QUARTER = timedelta(days=90)
LOOKS = 250  # at each message that waits, as if it had been looked at every hour
EACH = 4  # decisions about a message that went out: three waits and a send

AGAIN = """insert into decision (shop_id, follow_up_id, decided_at, rule_version, rule, outcome, reason, until, facts)
    select shop_id, follow_up_id, decided_at - n * interval '1 hour', rule_version, rule, outcome, reason, until, facts
    from decision, generate_series(1, :times) n"""
# Orders like those of a year: each with a thank-you that went out after three waits. A wholesale buyer has the first.
SENT = (
    """update "order" set customer_id =
        (select min(id) from customer where shop_id = %(shop)s and shopify_id > %(after)s)
    where shop_id = %(shop)s and shopify_id between %(after)s + 1 and %(after)s + %(wholesale)s""",
    """update "order" o set email = c.email from customer c where c.shop_id = %(shop)s and o.shop_id = %(shop)s
        and c.id = o.customer_id and o.shopify_id between %(after)s + 1 and %(after)s + %(wholesale)s""",
    """update "order" set placed_at = placed_at - (id %% 400) * interval '1 day' where shop_id = %(shop)s
        and shopify_id > %(after)s""",
    """update enrollment e set customer_id = o.customer_id, entered_at = o.placed_at, through_at = o.placed_at
        from "order" o where o.shop_id = %(shop)s and e.shop_id = %(shop)s and o.id = e.order_id
        and o.shopify_id > %(after)s""",
    """insert into message (shop_id, follow_up_id, order_id, customer_id, public_id, step, message_class, recipient,
        locale, state, created_at, sent_at, accepted_at)
    select f.shop_id, f.id, f.order_id, o.customer_id, md5(f.id::text), f.step, 'transactional', o.email, 'en',
        'accepted', o.placed_at, o.placed_at, o.placed_at
    from follow_up f join "order" o on o.shop_id = f.shop_id and o.id = f.order_id
    where f.shop_id = %(shop)s and f.step = 'thank_you' and o.shopify_id > %(after)s""",
    """update follow_up f set state = 'done', outcome = 'handed_over', message_id = m.id, done_at = m.sent_at,
        due_at = m.sent_at from message m
    where f.shop_id = %(shop)s and m.shop_id = %(shop)s and m.follow_up_id = f.id and f.step = 'thank_you'""",
    """insert into decision (shop_id, follow_up_id, decided_at, rule_version, rule, outcome, reason, until, facts)
    select f.shop_id, f.id, f.done_at - n * interval '10 minutes', d.rule_version,
        case n when 0 then null else d.rule end, case n when 0 then 'send' else d.outcome end,
        case n when 0 then null else d.reason end, case n when 0 then null else d.until end, d.facts
    from follow_up f, generate_series(0, %(each)s - 1) n,
        (select * from decision where shop_id = %(shop)s order by outcome = 'send' desc limit 1) d
    where f.shop_id = %(shop)s and f.step = 'thank_you' and f.state = 'done'""",
)
OTHERS = (
    """insert into enrollment (shop_id, flow_id, version, subject_kind, subject_id, order_id, frozen, entered_at)
    select shop_id, min(id), 1, 'order', 0, 0, '{}', now() from flow where shop_id = :shop group by shop_id""",
    """insert into follow_up (shop_id, enrollment_id, order_id, step, state, due_at, provisional, expires_at, zone,
        fence, attempts)
    select shop_id, id, 0, 'step ' || n, 'done', now() - n * interval '1 hour', false, now(), 'UTC', 1, 1
    from enrollment, generate_series(1, :each) n where shop_id = :shop and order_id = 0""",
    """insert into decision (shop_id, follow_up_id, decided_at, rule_version, rule, outcome, reason, until, facts)
    select shop_id, id, due_at - n * interval '1 day', 4, 15, 'postpone', 'outside_window', due_at,
        cast(:facts as jsonb)
    from follow_up, generate_series(1, 4) n where shop_id = :shop and order_id = 0""",
)


def fill(people, *, waiting=(6, 8), sent=23_000, wholesale=1_500, shops=200, others=930_000):
    """Let one shop have people with `waiting` messages each, `sent` that went out; the others share `others`."""
    with people.work() as session:
        running = {"state": FlowState.RUNNING, "started_at": real_now(), "include_from": real_now() - QUARTER}
        session.execute(update(Flow).values(running))
    asked_of(people, *waiting)
    with people.work() as session:
        now = business_now(session)
        found = gather(session, list(session.scalars(select(FollowUp.id))))
        evaluated = [Evaluated(one.follow_up, one.facts, decide(one.facts, Limits(), now)) for one in found]
        record_all(session, evaluated, now)
        session.execute(text(AGAIN), {"times": LOOKS - 1})
    if sent:
        with people.work() as session:
            flow = session.scalars(select(Flow.id).where(Flow.key == "order")).one()
            facts = {"shop": people.id, "flow": flow, "count": sent, "wholesale": wholesale, "each": EACH}
            facts["after"] = session.connection().exec_driver_sql(due_orders.AFTER, facts).scalar()
        for statement in (*due_orders.FILL, *SENT):
            with people.work() as session:
                session.connection().exec_driver_sql(statement, facts)
            analyse(people)
    for number in range(1, shops):
        with unit_of_work(people.wired) as session:
            shop_id = ensure_installed(session, f"shop-{number}.myshopify.com").id
        with people.work() as session:
            some = session.scalar(text("select facts::text from decision where shop_id = :s limit 1"), {"s": people.id})
        with unit_of_work(people.wired, shop_id=shop_id) as session:
            told = {"shop": shop_id, "each": others // (shops - 1) // 4, "facts": some}
            for statement in OTHERS:
                session.execute(text(statement), told)
    analyse(people)


def analyse(people):
    """Let the database know its tables, as its owner: or every key is looked up as if they were still empty."""
    with psycopg.connect(people.config.database_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("analyze")
