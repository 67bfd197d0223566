"""/readyz tells how long the oldest message has been due: what grows past minutes means that nobody sends."""

from tests.admin.conftest import clock, merchant, one_app, wired
from tests.admin_people import stories

__all__ = ["clock", "merchant", "one_app", "wired"]


def oldest(merchant):
    return merchant.client.get("/readyz").json["oldest_due_s"]


def test_how_long_the_oldest_message_has_been_due_is_told(merchant):
    assert oldest(merchant) is None
    stories.starts(merchant)
    merchant.order("Ana", placed=0)
    merchant.pass_time(minutes=6)
    waited = oldest(merchant)
    assert waited >= 5 * 60
    merchant.pass_time(minutes=4)
    assert oldest(merchant) == waited + 4 * 60
