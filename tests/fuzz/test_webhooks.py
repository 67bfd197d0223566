"""Whatever a correctly signed body holds: it is answered 200, and ends applied or parked with a reason."""

from tests.fuzz.webhooks import throw


def test_spoiled_bodies_end_applied_or_parked_and_other_shops_go_on(both):
    ended = throw(both, 300, "small")
    assert ended.faults == []
    assert ended.answers == {200: 300}
    assert set(ended.states) <= {"applied", "parked", "waiting_for_shop"}
    assert ended.states["parked"] > 100
    assert ended.states["applied"] > 25
