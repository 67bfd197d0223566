"""Signatures both ways: Shopify's Node library takes what the dev store signs, and refuses what is bent."""

import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from devstore.platform.sign import mint_id_token, sign_query
from devstore.webhooks.deliver import headers
from tests.oracles import node

pytestmark = pytest.mark.oracle

SECRET, KEY, SHOP = "shpss_a-secret", "0123456789abcdef", "kiln-and-kettle.myshopify.com"
BODY = '{"id":820982911946154508,"note":"Grüße, 漢字, \\u0000 and a \\"quote\\""}'


def delivery(body=BODY):
    return SimpleNamespace(
        topic="orders/paid",
        payload=body.encode(),
        shop_domain=SHOP,
        api_version="2026-10",
        webhook_id="b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        event_id="98880550-7158-44d4-b7cd-2c97c8a091b5",
        triggered_at=datetime.now(UTC),
        name=None,
    )


def webhook(secret=SECRET, sent=BODY, drop=None):
    named = {name: value for name, value in headers(delivery(), secret).items() if name != drop}
    return {"kind": "webhook", "secret": SECRET, "body": sent, "headers": named}


def oauth(secret=SECRET, age_s=0, **bent):
    given = {"code": "a1b2", "shop": SHOP, "state": "7", "host": "YWRtaW4", "timestamp": str(int(time.time()) - age_s)}
    query = dict(urllib.parse.parse_qsl(sign_query(given, secret)))
    return {"kind": "oauth", "secret": SECRET, "query": query | bent}


def id_token(secret=SECRET, audience=KEY, age_s=0, bend=None):
    now = datetime.now(UTC) - timedelta(seconds=age_s)
    token = mint_id_token(
        shop_domain=SHOP, client_id=audience, secret=secret, user_id="42", session_id="s-1", now=now,
    )  # fmt: skip
    return {"kind": "id_token", "secret": SECRET, "api_key": KEY, "token": bend(token) if bend else token}


def bend_claims(token):
    """Change one character in the middle part, leaving the signature."""
    head, body, mac = token.split(".")
    return f"{head}.{body[:-5]}{'A' if body[-5] != 'A' else 'B'}{body[-4:]}.{mac}"


def verdicts(*questions):
    return [answer["valid"] for answer in node.ask("verify_signatures.mjs", questions)]


def test_what_the_dev_store_signs_is_accepted():
    assert verdicts(webhook(), oauth(), id_token()) == [True, True, True]


def test_what_is_bent_or_signed_with_another_secret_is_refused():
    assert not any(
        verdicts(
            webhook(sent=BODY.replace("quote", "quota")),
            webhook(secret="shpss_another"),
            webhook(drop="X-Shopify-Hmac-Sha256"),
            webhook(drop="X-Shopify-Shop-Domain"),
            oauth(shop="kiln-and-kettles.myshopify.com"),
            oauth(secret="shpss_another"),
            oauth(extra="1"),
            id_token(secret="shpss_another"),
            id_token(bend=bend_claims),
            id_token(audience="another-app"),
        )
    )


def test_what_is_stale_is_refused():
    assert verdicts(oauth(age_s=3600), id_token(age_s=3600)) == [False, False]
