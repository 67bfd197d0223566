"""The page where a merchant says how sure is sure enough, what is promised, and when late is late."""

import pytest

from app.flows.pages.settings.deliveries_form import WrongDeliveries, deliveries
from app.orders.lanes.settings import Deliveries
from app.shops.settings import load
from tests.admin.lanes_shop import learn, shop

assert shop  # the shop with a lane that never tells

CHOSEN = {"risk_percent": "5", "quiet_home": "3", "quiet_abroad": "5", "unsent_days": "4"}


def test_it_says_what_each_choice_means_with_the_shops_own_parcels(shop):
    page = shop.fetch("/settings/deliveries").text
    assert "No parcel is old enough yet" in page
    learn(shop)
    page = shop.fetch("/settings/deliveries").text
    assert "Of 70 parcels sent more than four weeks ago, 30 were never reported as arrived." in page
    assert page.count("30 of them would count as arrived") == 3
    assert "is asked on the latest day of each message" in page


def test_what_is_chosen_is_kept_and_shown(merchant):
    assert "Saved." in merchant.post("/settings/deliveries", **CHOSEN, home_from="2", home_to="4").text
    with merchant.work() as session:
        assert load(session, Deliveries) == Deliveries(risk_percent=5, home_from=2, home_to=4)
    assert "95 % sure" in merchant.fetch("/settings").text
    assert "Nothing was changed" in merchant.post("/settings/deliveries", **CHOSEN, home_from="2", home_to="4").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"risk_percent": "7"}, "risk_percent"),
        ({"risk_percent": "ten"}, "risk_percent"),
        ({"home_from": "2"}, "home_to"),
        ({"home_to": "2"}, "home_from"),
        ({"abroad_from": "6", "abroad_to": "5"}, "abroad_to"),
        ({"quiet_home": "0"}, "quiet_home"),
        ({"quiet_abroad": ""}, "quiet_abroad"),
        ({"unsent_days": "-1"}, "unsent_days"),
        ({"unsent_days": "9" * 400}, "unsent_days"),
        ({"home_from": "١", "home_to": "2"}, "home_from"),
    ],
)
def test_what_is_wrong_is_named(changes, field):
    with pytest.raises(WrongDeliveries) as refused:
        deliveries(CHOSEN | changes)
    assert set(refused.value.errors) == {field}


def test_a_wrong_form_is_shown_again_and_changes_nothing(merchant):
    answer = merchant.post("/settings/deliveries", **CHOSEN | {"quiet_home": "many"})
    assert answer.status_code == 422
    assert "You entered many." in answer.text
    with merchant.work() as session:
        assert load(session, Deliveries) == Deliveries()
