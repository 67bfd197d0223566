"""Which collections a product is in is known by webhook and by pass, and gives each its own delay at a fork."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.catalog.collections import handles
from app.catalog.models import Product
from app.flows.language.forms import flow_document
from app.flows.models import Enrollment, FollowUp
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.orders.models import Order
from tests.admin.flow_documents import document, send
from tests.convergence.player import PLACES
from tests.convergence.test_out_of_order import act

ANA = {"email": "ana.shelf@example.com", "first_name": "Ana", "last_name": "Weber", "address": PLACES["GB"]}


def work(both):
    both.deliver()
    both.apply()


def pass_by(both, **delta):
    both.move(**(delta or {"minutes": 20}))
    both.reconcile(both.shop_id)


def kept(both):
    """Return the handles of each product's collections as the app knows them."""
    return {handle: known(value) for handle, value in both.rows(select(Product.handle, Product.collections))}


def known(value):
    found = handles(value)
    return found if found is None else sorted(found - {"counter"})  # which is there from the beginning


@pytest.fixture
def shelf(fresh):
    """A collection of kettle and mugs that a webhook told of."""
    made = act(fresh, "POST", "/collections", title="Shelf", products=["harbour-kettle", "stoneware-mugs"])
    work(fresh)
    return made["id"]


def product_id(both, handle):
    return both.rows(select(Product.shopify_id).where(Product.handle == handle))[0][0]


def test_a_collections_webhooks_put_products_in_and_take_them_out(fresh, shelf):
    told = kept(fresh)
    assert {name for name, found in told.items() if found == ["shelf"]} == {"harbour-kettle", "stoneware-mugs"}
    assert {name for name, found in told.items() if found == []} == told.keys() - {"harbour-kettle", "stoneware-mugs"}
    act(fresh, "PATCH", f"/collections/{shelf}", add=["paper-filters"], remove=["stoneware-mugs"], handle="top-shelf")
    act(fresh, "POST", "/collections", title="Tea", products=["harbour-kettle"])
    work(fresh)
    told = kept(fresh)
    assert (told["harbour-kettle"], told["paper-filters"]) == (["tea", "top-shelf"], ["top-shelf"])
    assert told["stoneware-mugs"] == []
    act(fresh, "DELETE", f"/collections/{shelf}")
    work(fresh)
    assert kept(fresh)["harbour-kettle"] == ["tea"]
    assert kept(fresh)["paper-filters"] == []


def test_what_no_collections_webhook_tells_the_next_pass_reads(fresh, shelf):
    act(fresh, "POST", "/collections", title="Coffee", rule_tag="coffee")
    work(fresh)
    fresh.move(minutes=1)
    coffee, mugs = product_id(fresh, "morning-coffee"), product_id(fresh, "stoneware-mugs")
    act(fresh, "PATCH", f"/products/{coffee}", tags=["coffee"])  # now it matches a rule
    act(fresh, "PATCH", f"/products/{mugs}", collections=[])  # taken out on its own page
    work(fresh)
    pass_by(fresh)
    assert kept(fresh)["morning-coffee"] == ["coffee"]
    assert kept(fresh)["stoneware-mugs"] == []


def test_a_collections_lost_webhooks_change_nothing_in_the_end(fresh, shelf):
    fresh.move(minutes=1)
    other = act(fresh, "POST", "/collections", title="Other", products=["morning-coffee"])
    act(fresh, "PATCH", f"/collections/{shelf}", add=["paper-filters"], remove=["stoneware-mugs"])
    fresh.lose()
    pass_by(fresh)
    told = kept(fresh)
    assert (told["morning-coffee"], told["paper-filters"], told["stoneware-mugs"]) == (["other"], ["shelf"], [])
    act(fresh, "DELETE", f"/collections/{other['id']}")
    fresh.lose()
    pass_by(fresh)
    assert kept(fresh)["morning-coffee"] == []


def test_a_lost_webhook_of_a_product_changes_nothing_in_the_end(fresh, shelf):
    fresh.move(minutes=1)
    made = act(fresh, "POST", "/products", title="Tin", price="3")
    act(fresh, "PATCH", f"/products/{made['id']}", collections=["shelf"])
    fresh.lose()
    pass_by(fresh)
    assert kept(fresh)["tin"] == ["shelf"]


def test_products_of_before_are_asked_for_and_those_that_are_no_more_are_marked(fresh, shelf):
    gone = product_id(fresh, "paper-filters")
    act(fresh, "DELETE", f"/products/{gone}")
    fresh.lose()
    with fresh.work_in_shop(fresh.shop_id) as session:
        session.execute(update(Product).values(collections=None))
    pass_by(fresh)
    told = kept(fresh)
    assert (told.pop("paper-filters"), told.pop("harbour-kettle")) == (None, ["shelf"])
    assert None not in told.values()
    assert fresh.rows(select(Product.shopify_id).where(Product.deleted_at.is_not(None))) == [(gone,)]


def test_each_collection_has_its_own_delay_and_what_is_not_known_takes_the_other_way(fresh, shelf):
    on_shelf = {"fact": "collections", "op": "one_of", "value": ["Shelf"]}
    ways = {"then": [send("late", delay_days=14)], "else": [send("soon", delay_days=3)]}
    with fresh.work_in_shop(fresh.shop_id) as session:
        fork = {"type": "branch", "key": "whose", "if": on_shelf} | ways
        save_flow(session, flow_document(document(fork, on="paid", key="use")), by="user:7", move=False)
        switch_on(session, "use", by="user:7")
    fresh.move(minutes=5)
    with fresh.work_in_shop(fresh.shop_id) as session:
        session.execute(update(Product).where(Product.handle == "morning-coffee").values(collections=None))
    found = {}
    for bought in ("harbour-kettle", "paper-filters", "morning-coffee"):
        order = act(fresh, "POST", "/orders", customer=ANA, lines=[{"variant": bought}])
        work(fresh)
        query = (
            select(FollowUp.step, FollowUp.due_at, Enrollment.path)
            .join(Enrollment, Enrollment.id == FollowUp.enrollment_id)
            .join(Order, Order.id == Enrollment.order_id)
            .where(Order.shopify_id == order["id"], FollowUp.step.in_(["late", "soon"]))
        )
        ((step, due_at, path),) = fresh.rows(query)
        found[bought] = (step, (due_at - fresh.now) // timedelta(days=1), path[0]["because"][0]["found"])
    assert found == {
        "harbour-kettle": ("late", 14, ["shelf"]),
        "paper-filters": ("soon", 3, ["counter"]),
        "morning-coffee": ("soon", 3, None),
    }
