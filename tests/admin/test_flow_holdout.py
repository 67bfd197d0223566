"""A flow's page shows whom a holdout keeps out of it, and sets how many."""

from sqlalchemy import select

from app.experiments import hold_out
from app.experiments.models import Holdout
from tests.admin_people import stories


def test_a_flows_page_sets_whom_it_keeps_out_and_shows_how_many_that_were(merchant):
    page = merchant.open("/flow/parcel").text
    assert "Kept out of this flow" in page
    assert "Nobody so far." in page
    told = merchant.post("/flow/parcel/holdout", percent="50").text
    assert "50 % of people are kept out of it from now on." in told
    with merchant.work() as session:
        hold_out.set_share(session, hold_out.SHOP, 5, merchant.now)
    assert "5 % are kept out of every flow, by your settings." in merchant.open("/flow/parcel").text
    assert "Kept out of this flow" in merchant.open("/flow/order").text
    stories.starts(merchant)
    asked = [merchant.order(f"P{n}", placed=12, sent=11, arrived=9) for n in range(12)]
    for order in asked:
        stories.decides(merchant, order, "review_request")
    held = {row.customer_id for (row,) in merchant.rows(select(Holdout)) if row.key == "flow.parcel"}
    people = [stories.person_of(merchant, order) for order in asked]
    known = {each for each in people if hold_out.is_held("flow.parcel", merchant.id, each, 50)}
    known -= {each for each in people if hold_out.is_held("shop", merchant.id, each, 5)}
    assert held == known
    assert 0 < len(held) < len(asked)
    assert f"{len(held)} people so far." in merchant.open("/flow/parcel").text
    assert "Nobody is kept out of it from now on." in merchant.post("/flow/parcel/holdout", percent="0").text


def test_a_share_beyond_half_or_of_no_flow_is_refused(merchant):
    for typed in ("51", "-1", "", "a"):
        answer = merchant.client.post("/flow/parcel/holdout", data={"percent": typed}, headers=merchant.headers())
        assert answer.status_code == 422
        assert "Share kept out must be 0 to 50." in answer.text
    nothing = merchant.client.post("/flow/nothing/holdout", data={"percent": "5"}, headers=merchant.headers())
    assert nothing.status_code == 404
