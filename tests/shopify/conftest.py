"""Fixtures for asking the simulated store what Shopify would answer."""

import httpx
import pytest

from app.shopify import gateway
from app.shopify.admin import AdminClient
from tests.devstore_platform.conftest import DOMAIN, client, database, exchange, installed

__all__ = ["client", "database", "installed"]


@pytest.fixture
def http(installed):
    """Shops' HTTP client, ending at the simulated store in this process."""
    with gateway.open_client("http://127.0.0.1:9000", httpx.WSGITransport(app=installed.application)) as opened:
        yield opened


@pytest.fixture
def admin(http, installed):
    """A client of the shop's Admin API, just installed."""
    return AdminClient(http, DOMAIN, exchange(installed).json["access_token"])
