"""The merchant of tests/admin, with flows that run."""

import pytest

from app.flows.planning.by_hand.start import Choice, start
from tests.admin.conftest import clock, merchant, one_app, wired

__all__ = ["clock", "merchant", "one_app", "running", "wired"]


@pytest.fixture
def running(merchant):
    """A shop that started its flows ten days ago."""
    merchant.pass_time(days=-10)
    with merchant.work() as session:
        start(session, Choice(shopify_sends_shipping_mails=False), by="user:7")
    merchant.pass_time(days=10)
    return merchant
