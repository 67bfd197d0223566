"""Only what Shopify signed is believed, and never a crash for what it did not."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopify_app import ShopifyApp

from app.shopify import signatures
from app.shopify.signatures import SignatureRefused

SECRET, OLD, OTHER = "hush", "hush-before", "somebody-elses"
SHOP = "kiln-and-kettle.myshopify.com"


def now():
    return datetime.now(UTC)


def webhook_header(body, secret=SECRET):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def library_says(body, header, old=None):
    request = {
        "method": "POST",
        "headers": {"X-Shopify-Hmac-SHA256": header},
        "url": "https://a/webhooks",
        "body": body.decode(),
    }
    return ShopifyApp("key", SECRET, old).verify_webhook_req(request).ok


@given(st.text(max_size=200).filter(lambda text: text.isprintable()))
def test_a_signed_webhook_is_believed_here_and_by_shopifys_library(text):
    body = text.encode()
    header = webhook_header(body)
    assert signatures.webhook_is_genuine(body, header, [SECRET])
    assert library_says(body, header)


def test_a_webhook_signed_with_the_old_secret_is_believed_until_that_secret_is_dropped():
    header = webhook_header(b"{}", OLD)
    assert signatures.webhook_is_genuine(b"{}", header, [SECRET, OLD])
    assert library_says(b"{}", header, old=OLD)
    assert not signatures.webhook_is_genuine(b"{}", header, [SECRET])
    assert not library_says(b"{}", header)


def test_the_raw_bytes_are_signed_even_where_they_are_not_text():
    body = b'{"note":"\xff\xfe"}'
    assert signatures.webhook_is_genuine(body, webhook_header(body), [SECRET])


@pytest.mark.parametrize("header", [None, "", " ", "é", "\udcff", "A" * 100_000, "=" * 44, "\x00"])
def test_a_header_that_is_no_signature_is_refused_without_a_crash(header):
    assert not signatures.webhook_is_genuine(b"{}", header, [SECRET])


def test_nothing_is_signed_when_no_secret_is_known():
    assert not signatures.webhook_is_genuine(b"{}", webhook_header(b"{}", ""), [])


@given(st.binary(max_size=60), st.integers(0, 59), st.integers(1, 255))
def test_one_changed_byte_is_enough(body, place, flip):
    header = webhook_header(body)
    changed = bytearray(body or b"x")
    changed[place % len(changed)] ^= flip
    assert not signatures.webhook_is_genuine(bytes(changed), header, [SECRET])


# ------------------------------------------------------------------------------------------------ app proxy


def proxy_query(secret=SECRET, at=None, **more):
    params = {
        "shop": SHOP,
        "logged_in_customer_id": "",
        "path_prefix": "/apps/welltimed",
        "timestamp": str(int((at or now()).timestamp())),
    } | more
    message = "".join(f"{k}={','.join(v) if isinstance(v, list) else v}" for k, v in sorted(params.items()))
    signature = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
    return urlencode(params | {"signature": signature}, doseq=True)


def proxy_library_says(query, old=None):
    request = {"method": "GET", "headers": {}, "url": f"https://app.example.com/proxy/x?{query}", "body": ""}
    return ShopifyApp("key", SECRET, old).verify_app_proxy_req(request).ok


def proxy_is_believed(query, secrets=(SECRET,), at=None):
    try:
        return bool(signatures.proxy_request(query, secrets, at or now()))
    except SignatureRefused:
        return False


@pytest.mark.parametrize(
    ("customer", "signature"),
    [
        ("1", "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb"),
        ("", "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb"),
    ],
)
def test_shopifys_published_examples_of_a_proxy_signature(customer, signature):
    # shopify.dev, "Authenticate app proxies": the secret is `hush`.
    query = (
        f"extra=1&extra=2&shop=shop-name.myshopify.com&logged_in_customer_id={customer}"
        f"&path_prefix=%2Fapps%2Fawesome_reviews&timestamp=1317327555&signature={signature}"
    )
    asked = signatures.proxy_request(query, ["hush"], datetime.fromtimestamp(1317327555, UTC))
    assert (asked.shop_domain, asked.customer_id) == ("shop-name.myshopify.com", int(customer) if customer else None)


def test_a_signed_proxy_request_says_who_asks():
    asked = signatures.proxy_request(proxy_query(logged_in_customer_id="3301", page="2"), [SECRET], now())
    assert (asked.shop_domain, asked.customer_id, asked.params["page"]) == (SHOP, 3301, "2")
    assert signatures.proxy_request(proxy_query(), [SECRET], now()).customer_id is None


@pytest.mark.parametrize(
    "fields",
    [{}, {"extra": ["1", "2"]}, {"q": "a b&c=d/é"}, {"logged_in_customer_id": "77"}, {"empty": ""}],
    ids=str,
)
def test_a_genuine_proxy_request_is_believed_here_and_by_shopifys_library(fields):
    query = proxy_query(**fields)
    assert proxy_is_believed(query)
    assert proxy_library_says(query)


FORGED_PROXY = {
    "another secret": lambda: proxy_query(secret=OTHER),
    "old": lambda: proxy_query(at=now() - timedelta(seconds=95)),
    "from the future": lambda: proxy_query(at=now() + timedelta(seconds=120)),
    "no time": lambda: proxy_query(timestamp="soon"),
    "a field added": lambda: proxy_query() + "&extra=1",
    "another shop added": lambda: proxy_query() + "&shop=evil.myshopify.com",
    "a longer signature": lambda: proxy_query().replace("signature=", "signature=0"),
    "no signature": lambda: proxy_query().replace("signature=", "other="),
    "nothing": lambda: "",
    "an empty signature": lambda: "signature=",
}


@pytest.mark.parametrize("name", FORGED_PROXY)
def test_a_forged_or_stale_proxy_request_is_refused_here_and_by_shopifys_library(name):
    assert not proxy_is_believed(FORGED_PROXY[name]())
    assert not proxy_library_says(FORGED_PROXY[name]())


def test_a_signature_beyond_ascii_is_refused_where_shopifys_library_crashes():
    assert not proxy_is_believed(proxy_query().replace("signature=", "signature=%C3%A9"))


@pytest.mark.parametrize("field", ["shop", "timestamp", "logged_in_customer_id", "path_prefix"])
def test_a_repeated_signed_field_is_refused(field):
    assert not proxy_is_believed(f"{proxy_query()}&{field}=1")


def test_a_request_cut_differently_at_the_same_signature_is_refused():
    # The shopper's own field `a` is signed as one value, then cut into a login that never happened.
    genuine = proxy_query(a="1logged_in_customer_id=5m=")
    params = dict(pair.split("=", 1) for pair in genuine.split("&"))
    recut = {
        "a": "1",
        "logged_in_customer_id": "5",
        "m": "logged_in_customer_id=",
        "path_prefix": "/apps/welltimed",
        "shop": SHOP,
        "timestamp": params["timestamp"],
        "signature": params["signature"],
    }
    assert proxy_library_says(urlencode(recut))
    assert not proxy_is_believed(urlencode(recut))


@pytest.mark.parametrize("shop", ["evil.example.com", "", "a.myshopify.com.evil.io"])
def test_a_signed_proxy_request_for_no_shop_is_refused(shop):
    assert not proxy_is_believed(proxy_query(shop=shop))


@pytest.mark.parametrize("customer", ["0", "-1", "abc", "1 ", "9" * 30])
def test_a_customer_that_is_no_id_is_refused(customer):
    assert not proxy_is_believed(proxy_query(logged_in_customer_id=customer))
