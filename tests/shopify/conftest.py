"""Fixtures for asking the simulated store what Shopify would answer."""

import httpx
import pytest

from app.shopify.asking import gateway
from app.shopify.asking.admin import AdminClient
from app.shopify.entry import exchange
from devstore.app import create_app
from devstore.platform.announce import install_app
from devstore.platform.install import shop_by_handle
from devstore.state.engine import create_tables, unit_of_work
from tests.devstore_platform.conftest import DOMAIN, KEY, SECRET, SHOP, empty, forget, id_token, point_at


@pytest.fixture(scope="session")
def store_url(cluster, tmp_path_factory):
    """The URL of a database with the simulated store's tables; each test begins by emptying them."""
    url = cluster.create_database(owner="devstore")
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, url, tmp_path_factory.mktemp("sink") / "sink.jsonl")
        create_tables()
    forget()
    return url


@pytest.fixture(scope="session")
def store_app():
    """The simulated store's web application."""
    return create_app()


@pytest.fixture
def http(store_app, store_url, monkeypatch, tmp_path):
    """Shops' HTTP client, ending at a simulated store in this process whose demo shop has the app."""
    point_at(monkeypatch, store_url, tmp_path / "sink.jsonl")
    empty()
    with unit_of_work() as session:
        install_app(session, shop_by_handle(session, SHOP))
    with gateway.open_client("http://127.0.0.1:9000", httpx.WSGITransport(app=store_app)) as opened:
        yield opened
    forget()


@pytest.fixture
def admin(http):
    """A client of the shop's Admin API."""
    pair = exchange.exchange_id_token(http, KEY, SECRET, DOMAIN, id_token())
    return AdminClient(http, DOMAIN, pair.access_token)
