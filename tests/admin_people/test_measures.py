"""Settings about who is written to: kept with who and when, wrong fields named, nothing lost."""

import html

import pytest
from sqlalchemy import select, update

from app.catalog.models import Product
from app.customers.declare import Law
from app.experiments import hold_out
from app.shops.left_out import LeftOut
from app.shops.measures import Measures
from app.shops.models import ShopSetting
from app.shops.settings import load
from tests.admin_people.stories import words

MEASURE = {"per_week": "2", "per_month": "5", "asks_apart_months": "6", "same_apart_days": "14", "gifts": "nobody"}


def shown(merchant):
    return words(merchant.fetch("/settings").text)


def test_a_declaration_is_kept_with_who_made_it_and_when(merchant):
    assert merchant.post("/settings/law", refusal_offered="yes").status_code == 303
    with merchant.work() as session:
        assert load(session, Law) == Law(refusal_offered=True)
        row = session.scalars(select(ShopSetting).where(ShopSetting.section == "law")).one()
        assert row.saved_by.startswith("user:")
    assert "Declared by a staff member on" in shown(merchant)


def test_measure_exceptions_and_shares_are_kept(merchant):
    assert merchant.post("/settings/measures", **MEASURE).status_code == 303
    left = {"products": "harbour-kettle\r\nmug-set", "collections": "coffee", "emails": "ana@example.com"}
    assert merchant.post("/settings/left-out", **left).status_code == 303
    assert merchant.post("/settings/holdouts", holdout_shop="10", holdout_parcel="5").status_code == 303
    with merchant.work() as session:
        assert load(session, Measures) == Measures(2, 5, 6, 14, "nobody")
        left_out = load(session, LeftOut)
        assert (left_out.products, left_out.collections) == ("harbour-kettle\nmug-set", "coffee")
        assert {key: share.percent for key, share in hold_out.shares(session).items()} == {"shop": 10, "flow.parcel": 5}


def test_the_shops_own_collections_are_named_to_choose_from(merchant):
    assert "The last part of the collection's address" in html.unescape(merchant.fetch("/settings").text)
    merchant.order("Ana")
    with merchant.work() as session:
        session.execute(update(Product).values(collections="2 for-the-table\n1 coffee"))
    assert "Among yours are coffee, for-the-table." in html.unescape(merchant.fetch("/settings").text)


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("measures", MEASURE | {"per_week": "0"}, "Messages in 7 days must be 1 to 50. You entered 0."),
        ("measures", MEASURE | {"per_month": "many"}, "Messages in 30 days must be 1 to 100. You entered many."),
        ("measures", MEASURE | {"per_week": "6"}, "Messages in 7 days must not be more than those in 30."),
        ("measures", MEASURE | {"gifts": "all"}, "Choose whether the buyer of a gift is asked."),
        ("holdouts", {"holdout_shop": "51"}, "Share kept out must be 0 to 50. You entered 51."),
        ("left-out", {"products": "x" * 20_001}, "A list may have 20,000 characters. This one has 20,001."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(merchant, path, form, sentence):
    answer = merchant.post(f"/settings/{path}", **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    with merchant.work() as session:
        assert session.scalars(select(ShopSetting.section)).all() == []
        assert hold_out.shares(session) == {}
