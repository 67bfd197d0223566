"""What is asked in one trip comes back as SQLAlchemy reads it: for every question the facts and the words come from."""

import gc
from datetime import timedelta

import pytest
from sqlalchemy import Select, select

from app.customers.address import address_hash
from app.customers.consent import state_consent
from app.customers.ledger import OWN
from app.customers.models import Customer, SuppressionScope
from app.customers.suppress import suppress
from app.flows.facts import gather, gather_items, gather_people, gather_shop, gather_shown, mail_names
from app.flows.models import Enrollment, Flow, FollowUp
from app.kit.clock import business_now
from app.kit.rows.one_trip import PlannedOnce
from app.kit.rows.question import Question, ask
from app.kit.work import entered_shop
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from app.wiring import WORK
from tests.shopper.test_unsubscribe_race import asked_today, started  # noqa: F401 - a fixture

MODULES = (gather, gather_items, gather_people, gather_shop, gather_shown, mail_names)
PEOPLE = 3


@pytest.fixture
def keys(started):  # noqa: F811 - the fixture above
    """What every question may be asked by, of a shop with people about to be asked."""
    asked_today(started, PEOPLE)
    with started.work() as session:
        now = business_now(session)
        people = session.scalars(select(Customer)).all()
        suppress(session, people[0].email, scope=SuppressionScope.OPTIONAL, reason="unsubscribed", at=now)
        told = {"state": "subscribed", "source": "shopify", "happened_at": now, "received_at": now}
        state_consent(session, people[1].id, **told)
        lines = list(session.scalars(select(OrderLine.id)))
        started.keys = {
            "people": [each.id for each in people],
            "hashes": [address_hash(each.email) for each in people],
            "orders": list(session.scalars(select(Order.id))),
            "order": session.scalars(select(Order.id).order_by(Order.id)).first(),
            "lines": lines,
            "things": lines,
            "spoken": ["review_request", "thank_you"],
            "flows": list(session.scalars(select(Flow.id))),
            "runs": list(session.scalars(select(Enrollment.id))),
            "parcels": list(session.scalars(select(Fulfillment.id))),
            "parcel": session.scalars(select(Fulfillment.id).order_by(Fulfillment.id)).first(),
            "now": now,
            "follow_ups": list(session.scalars(select(FollowUp.id))),
            "hour": now - timedelta(hours=1),
            "ends": now + timedelta(hours=1),
            "person": people[1].id,
            "said_of": OWN,
            "section": "calendar",
            "customer": people[1].shopify_id,
            "address": address_hash(people[0].email),
            "carrier": "",
            "service": "",
            "country": "GB",
            "tracked": True,
            "product": 1,
            "scan": 1,
            "shopify_id": 1,
            "named": people[0].shopify_id,
            "kept": people[1].shopify_id,
            "state": "subscribed",
            "since": now - timedelta(days=1),
            "until": now + timedelta(days=1),
        }
    return started


def questions():
    assert MODULES
    assert WORK
    found = [each for each in gc.get_objects() if isinstance(each, Question)]
    reads = [each for each in found if isinstance(each.statement, Select)]
    return [each for each in reads if "FOR UPDATE" not in str(each.statement)]  # those are objects of the session


def asked_by(question, known):
    return {name: known[name] for name in question.statement.compile().params if name in known}


def test_every_question_is_answered_as_the_library_answers_it(keys):
    answered = 0
    with keys.work() as session:
        for question in questions():
            wanted = asked_by(question, keys.keys)
            (rows,) = ask(session, (question, wanted))
            theirs = session.connection().execute(question.statement, {"shop": entered_shop(session), **wanted}).all()
            assert sorted(map(repr, map(tuple, rows))) == sorted(map(repr, map(tuple, theirs)))
            assert all(row._fields == tuple(each._fields) for row, each in zip(rows, theirs, strict=True))
            answered += bool(rows)
    assert answered >= 10


def test_only_what_one_table_is_asked_by_key_is_planned_for_any_shop():
    planned = [isinstance(each.asked(1, {})[0], PlannedOnce) for each in (gather_people.CUSTOMERS, gather_items.SAID)]
    assert planned == [True, False]


def test_nobody_is_asked_about_no_keys(keys):
    with keys.work() as session:
        everyone, nobody = ask(
            session,
            (gather_people.CUSTOMERS, {"people": keys.keys["people"]}),
            (gather_people.CUSTOMERS, {"people": []}),
        )
    assert len(everyone) == PEOPLE
    assert nobody == []
