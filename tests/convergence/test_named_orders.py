"""A request about a person names their orders: whoever we knew as the buyer, they are found by them."""

import pytest
from sqlalchemy import func, select

from app.customers.models import Customer, Erasure
from app.orders.models import Order
from devstore.platform.announce import uninstall_app
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop as TrueShop
from tests.convergence.persons import (
    act,
    arrives,
    asks,
    buyers,
    buys,
    hear_all,
    live_through,
    merge,
    row,
    tell,
)
from tests.convergence.shops import DOMAIN, SHOP

STRANGER = 9_100_000_001


@pytest.fixture
def two(fresh):
    """Ana, who bought and is to be asked, was merged into Anna, and nobody told us."""
    fresh.ana, fresh.first = buys(fresh, "ana")
    arrives(fresh, fresh.first)
    fresh.anna, _ = buys(fresh, "anna")
    merge(fresh, fresh.ana, fresh.anna)
    fresh.lose()
    return fresh


def remove_app(both):
    with unit_of_work() as session:
        uninstall_app(session, session.scalars(select(TrueShop).where(TrueShop.handle == SHOP)).one())
    both.lose()


def request(person, *orders, named="orders_to_redact"):
    return {"shop_domain": DOMAIN, "customer": {"id": person, "email": None, "phone": None}, named: list(orders)}


def origin(both):
    """The shop's own id, which such a body says too."""
    with unit_of_work(announce=False) as session:
        return {"shop_id": session.scalars(select(TrueShop.id).where(TrueShop.handle == SHOP)).one()}


def what_is_left(both, person, order):
    ((email,),) = both.rows(select(Order.email).where(Order.shopify_id == order))
    kept = row(both, person)
    return kept.erased_at is not None, kept.email, kept.first_name, email


def test_who_was_merged_unheard_is_erased_while_the_app_is_away(two):
    remove_app(two)
    act(two, f"/customers/{two.anna}/redact")
    two.hear("customers/redact")
    assert what_is_left(two, two.ana, two.first) == (True, None, None, None)
    sent = len(two.sink())
    two.open_app(SHOP)
    live_through(two)
    assert len(two.sink()) == sent
    assert all(state == "done" and reason != "already_sent" for state, reason in asks(two, two.first))


def test_who_was_merged_unheard_into_somebody_never_heard_of_is_erased_too(fresh):
    ana, first = buys(fresh, "ana")
    anna, _ = buys(fresh, "anna", hear=False)
    merge(fresh, ana, anna)
    fresh.lose()
    remove_app(fresh)
    act(fresh, f"/customers/{anna}/redact")
    fresh.hear("customers/redact")
    assert what_is_left(fresh, ana, first) == (True, None, None, None)
    assert row(fresh, anna).erased_at is not None


def test_the_shop_is_asked_where_it_can_be(two):
    act(two, f"/customers/{two.anna}/redact")
    two.hear("customers/redact")
    assert what_is_left(two, two.ana, two.first) == (True, None, None, None)
    assert row(two, two.ana).merged_into == row(two, two.anna).id


def test_a_guest_whose_order_is_named_is_erased(fresh):
    ana, first = buys(fresh, "ana")
    with fresh.work_in_shop(fresh.shop_id) as session:
        known = session.scalars(select(Customer).where(Customer.shopify_id == ana)).one()
        known.shopify_id, guest = None, known.id
    remove_app(fresh)
    tell(fresh, "customers/redact", origin(fresh) | request(STRANGER, first))
    assert fresh.rows(select(Customer.email, Customer.erased_at.is_not(None)).where(Customer.id == guest)) == [
        (None, True)
    ]
    assert fresh.rows(select(Order.email).where(Order.shopify_id == first)) == [(None,)]


def test_an_order_of_somebody_who_is_still_there_erases_nobody(fresh):
    ana, first = buys(fresh, "ana")
    tell(fresh, "customers/redact", origin(fresh) | request(STRANGER, first))
    erased, email, name, of_order = what_is_left(fresh, ana, first)
    assert (erased, name) == (False, "Ana")
    assert email == of_order is not None
    assert buyers(fresh, first) == {ana}


def test_a_copy_holds_what_was_known_of_who_was_merged_unheard(two):
    act(two, f"/customers/{two.anna}/data-request")
    hear_all(two)
    ((result,),) = two.rows(select(Erasure.result).where(Erasure.customer_shopify_id == two.anna))
    told = {each["first_name"] for each in result["customers"] if each["kind"] == "customer"}
    assert told == {"Ana", "Anna"}
    assert len(result["orders"]) == 2


def test_a_request_for_data_is_answered_where_the_shop_cannot_be_asked(two):
    remove_app(two)
    tell(two, "customers/data_request", origin(two) | request(two.anna, two.first, named="orders_requested"))
    assert two.rows(select(func.count(Erasure.id)).where(Erasure.customer_shopify_id == two.anna)) == [(1,)]
    assert row(two, two.ana).erased_at is None
