"""Shopify's own package, pointed at the dev store, finds nothing amiss."""

import httpx
import pytest
from shopify_app import ShopifyApp

from tests.devstore_platform.conftest import DOMAIN, KEY, SECRET, SHOP, id_token


@pytest.fixture
def shopify(installed, web):
    """Shopify's client and an HTTP client that ends in the dev store."""
    with httpx.Client(transport=httpx.WSGITransport(app=web)) as http_client:
        yield ShopifyApp(client_id=KEY, client_secret=SECRET), http_client


def home_request(token):
    return {"method": "GET", "headers": {}, "url": f"http://127.0.0.1:8000/?id_token={token}&shop={DOMAIN}", "body": ""}


def test_it_exchanges_asks_and_refreshes(shopify):
    library, http_client = shopify
    home = library.verify_app_home_req(home_request(id_token()), "/auth/patch-id-token")
    assert home.ok
    exchanged = library.exchange_using_token_exchange(
        access_mode="offline", id_token=home.id_token, http_client=http_client
    )
    assert exchanged.ok, exchanged.log
    assert exchanged.access_token.shop == SHOP
    answer = library.admin_graphql_request(
        "{ shop { name } }",
        shop=SHOP,
        access_token=exchanged.access_token.token,
        api_version="2026-10",
        http_client=http_client,
    )
    assert answer.data == {"shop": {"name": "Kiln And Kettle"}}


def test_it_takes_a_stale_token_for_one(shopify):
    library, http_client = shopify
    home = library.verify_app_home_req(home_request(id_token()), "/auth/patch-id-token")
    other = ShopifyApp(client_id=KEY, client_secret="x" * 32)
    refused = other.exchange_using_token_exchange(
        access_mode="offline", id_token=home.id_token, http_client=http_client
    )
    assert not refused.ok
