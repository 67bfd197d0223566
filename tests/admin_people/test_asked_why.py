"""Why, asked in the terminal: of people with much, of people who were merged or erased, of orders in no flow."""

import re

from sqlalchemy import select

from app.customers.erase import forget_customer
from app.customers.merge import merge_customers
from app.customers.models import Customer
from app.flows.models import FollowUp
from tests.admin_people import stories
from tests.admin_people.stories import row_of
from tests.admin_people.test_why import arrived_in, asked, why


def test_thousands_are_told_a_page_at_a_time_the_latest_first(merchant):
    stories.starts(merchant)
    first = merchant.order("Whole", placed=9, sent=8, arrived=3)
    person = stories.person_of(merchant, first)
    for day in range(24):
        merchant.order("Whole", placed=9 + day / 100, sent=8, arrived=3, customer_id=person)
    told = [asked(merchant, "--customer", str(person), "--page", str(page)).output for page in (1, 2, 3, 4)]
    named = [set(re.findall(r"· message (\d+)", page)) for page in told]
    assert len(named[0]) == 20
    assert not named[0] & named[1]
    assert len(set().union(*named)) == len(merchant.rows(select(FollowUp.id)))
    assert re.search(r"\d+ messages in all\. Page 1 of \d; --page 2 tells of earlier ones\.", told[0])
    beyond = asked(merchant, "--customer", str(person), "--page", "99")
    assert "This shop has nothing under" in beyond.output
    assert "on page 99" in beyond.output


def test_a_merged_customer_is_answered_with_the_one_they_became(merchant):
    order = arrived_in(merchant)
    gone, kept = stories.person_of(merchant, order), stories.person_of(merchant, merchant.order("Ana", placed=1))
    with merchant.work() as session:
        numbers = [session.get_one(Customer, (merchant.id, each)).shopify_id for each in (gone, kept)]
        merge_customers(session, *numbers, at=merchant.now)
    told = asked(merchant, "--customer", str(numbers[0])).output
    assert told.startswith("This customer was merged into another one. Told is what both had")
    assert "Review request · order #1401" in told
    assert "Flows of order #1402" in told
    assert told.partition("\n\n")[2] == asked(merchant, "--customer", str(numbers[1])).output


def test_an_erased_customer_is_answered_without_naming_them(merchant):
    order = arrived_in(merchant)
    person = stories.person_of(merchant, order)
    row = row_of(merchant, order, "review_request")
    with merchant.work() as session:
        email = session.get_one(Customer, (merchant.id, person)).email
        forget_customer(session, session.get_one(Customer, (merchant.id, person)).shopify_id, at=merchant.now)
    for args in (("--customer", str(person)), ("--email", email)):
        told = asked(merchant, *args).output
        assert told.startswith("This person was erased on request. Nothing is sent to them again."), args
        assert "Ana" not in told
    for args in (("--order", "#1401"), ("--message", str(row.id)), ("--customer", str(person))):
        told = asked(merchant, *args).output
        assert "Erased on request. Nothing is sent to this person again." in told, args
        assert email not in told
    assert "Erased on request" in why(merchant, order, "review_request")


def test_an_imported_order_is_answered(merchant):
    stories.starts(merchant)
    merchant.order("Old", placed=400, sent=399, arrived=395)
    told = asked(merchant, "--order", "#1401").output
    assert told.startswith("Nothing was ever planned.")
    assert told.count("it is from before you started this flow, and was not included then") == 2


def test_a_number_that_is_two_customers_is_shopifys(merchant):
    """Ours are small numbers and Shopify's are large, but nothing keeps the two apart."""
    ours = stories.person_of(merchant, arrived_in(merchant, first="Ana"))
    theirs = merchant.order("Bea", placed=1)
    with merchant.work() as session:
        session.get_one(Customer, (merchant.id, stories.person_of(merchant, theirs))).shopify_id = ours
    told = asked(merchant, "--customer", str(ours)).output
    assert "order #1402" in told
    assert "#1401" not in told
