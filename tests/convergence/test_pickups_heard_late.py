"""Pickups no webhook tells of: what only a pass finds is no sign that a topic has fallen silent."""

from app.flows.syncing.audit import FEWEST, silent_topics
from tests.convergence.test_out_of_order import act, arrival, known


def test_pickups_only_a_pass_finds_are_no_sign_of_webhooks_that_do_not_come(fresh):
    fresh.move(hours=2)
    parcels = []
    for _ in range(FEWEST):
        order = known(fresh)
        parcels.append(act(fresh, "POST", f"/orders/{order['id']}/fulfillments", tracked=False))
        fresh.hear("fulfillments/create", "orders/updated")
        fresh.move(minutes=1)
        act(fresh, "POST", f"/fulfillments/{parcels[-1]['id']}/pickup", status="picked_up")
    fresh.lose()
    fresh.reconcile(fresh.shop_id)
    fresh.move(hours=3)
    assert {arrival(fresh, parcel)[1] for parcel in parcels} == {"merchant"}
    with fresh.work_in_shop(fresh.shop_id) as session:
        assert "fulfillment_events/create" not in [each["topic"] for each in silent_topics(session, fresh.now)]
