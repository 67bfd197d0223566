"""Signatures both ways: Shopify's Node library and the app judge the same requests alike.

What the dev store signs is believed by both; what is bent, signed with another secret or stale, by neither.
"""

import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import pytest

from app.shopify import id_token, signatures
from devstore.platform.sign import mint_id_token, sign_query
from devstore.webhooks.deliver import headers
from tests.oracles import node

pytestmark = pytest.mark.oracle

SECRET, OTHER, KEY = "shpss_a-secret", "shpss_another", "0123456789abcdef"
SHOP = "kiln-and-kettle.myshopify.com"
BODY = '{"id":820982911946154508,"note":"Grüße, 漢字, \\u0000 and a \\"quote\\""}'
HOUR_S = 3600


def webhook(secret=SECRET, sent=BODY, drop=None):
    delivery = SimpleNamespace(
        topic="orders/paid",
        payload=BODY.encode(),
        shop_domain=SHOP,
        api_version="2026-10",
        webhook_id="b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        event_id="98880550-7158-44d4-b7cd-2c97c8a091b5",
        triggered_at=datetime.now(UTC),
        name=None,
    )
    named = {name: value for name, value in headers(delivery, secret).items() if name != drop}
    return {"kind": "webhook", "secret": SECRET, "body": sent, "headers": named}


def oauth(secret=SECRET, age_s=0, **bent):
    given = {"code": "a1b2", "shop": SHOP, "state": "7", "host": "YWRtaW4", "timestamp": str(int(time.time()) - age_s)}
    return {"kind": "oauth", "secret": SECRET, "query": dict(parse_qsl(sign_query(given, secret))) | bent}


def app_proxy(secret=SECRET, age_s=0, **bent):
    given = {
        "shop": SHOP,
        "logged_in_customer_id": "7",
        "path_prefix": "/apps/welltimed",
        "timestamp": str(int(time.time()) - age_s),
    }
    # Written out from Shopify's description of app proxies, so that neither judge judges itself.
    message = "".join(f"{name}={given[name]}" for name in sorted(given))
    mac = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return {"kind": "app_proxy", "secret": SECRET, "query": given | {"signature": mac} | bent}


def token(secret=SECRET, audience=KEY, age_s=0, bend=None):
    now = datetime.now(UTC) - timedelta(seconds=age_s)
    minted = mint_id_token(
        shop_domain=SHOP, client_id=audience, secret=secret, user_id="42", session_id="s-1", now=now
    )  # fmt: skip
    return {"kind": "id_token", "secret": SECRET, "api_key": KEY, "token": bend(minted) if bend else minted}


def bend_claims(minted):
    """Change one character in the middle part, leaving the signature."""
    head, body, mac = minted.split(".")
    return f"{head}.{body[:-5]}{'A' if body[-5] != 'A' else 'B'}{body[-4:]}.{mac}"


def unsigned(minted):
    """Say that no signature is needed, as `alg: none` does."""
    return f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{minted.split('.')[1]}."


def the_app_believes(question):
    """Judge a question as the app does; the names of headers are the routes' business, so none is asked for here."""
    secrets, now = (question["secret"],), datetime.now(UTC)
    try:
        match question["kind"]:
            case "webhook":
                given = question["headers"].get("X-Shopify-Hmac-Sha256")
                return signatures.webhook_is_genuine(question["body"].encode(), given, secrets)
            case "oauth":
                signatures.signed_query(urlencode(question["query"]), secrets, now)
            case "app_proxy":
                signatures.proxy_request(urlencode(question["query"]), secrets, now)
            case "id_token":
                id_token.read(question["token"], question["api_key"], secrets)
    except (signatures.SignatureRefused, id_token.IdTokenRefused):
        return False
    return True


GOOD = {"webhook": webhook, "oauth callback": oauth, "app proxy": app_proxy, "id token": token}

BAD = {
    "webhook with one letter changed": lambda: webhook(sent=BODY.replace("quote", "quota")),
    "webhook with another secret": lambda: webhook(secret=OTHER),
    "webhook without a signature": lambda: webhook(drop="X-Shopify-Hmac-Sha256"),
    "callback for another shop": lambda: oauth(shop="kiln-and-kettles.myshopify.com"),
    "callback with another secret": lambda: oauth(secret=OTHER),
    "callback with a field added": lambda: oauth(extra="1"),
    "callback an hour old": lambda: oauth(age_s=HOUR_S),
    "proxy for another customer": lambda: app_proxy(logged_in_customer_id="8"),
    "proxy with another secret": lambda: app_proxy(secret=OTHER),
    "proxy with a field added": lambda: app_proxy(extra="1"),
    "proxy an hour old": lambda: app_proxy(age_s=HOUR_S),
    "token with another secret": lambda: token(secret=OTHER),
    "token with a claim changed": lambda: token(bend=bend_claims),
    "token that needs no signature": lambda: token(bend=unsigned),
    "token for another app": lambda: token(audience="another-app"),
    "token an hour old": lambda: token(age_s=HOUR_S),
}


def judged(cases):
    """Return {name: (what Shopify's library says, what the app says)}."""
    questions = {name: make() for name, make in cases.items()}
    theirs = node.ask("verify_signatures.mjs", questions.values())
    return {
        name: (answer["valid"], the_app_believes(question))
        for (name, question), answer in zip(questions.items(), theirs, strict=True)
    }


def test_what_is_signed_well_is_believed_by_both():
    assert judged(GOOD) == dict.fromkeys(GOOD, (True, True))


def test_what_is_bent_or_stale_is_believed_by_neither():
    assert judged(BAD) == dict.fromkeys(BAD, (False, False))
