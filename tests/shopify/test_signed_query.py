"""A callback or an app's address is believed exactly as Shopify signed it."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.shopify import signatures
from app.shopify.signatures import SignatureRefused

SECRET, OLD, OTHER = "hush", "hush-before", "somebody-elses"
SHOP = "kiln-and-kettle.myshopify.com"


def now():
    return datetime.now(UTC)


def oauth_query(secret=SECRET, at=None, **more):
    params = {
        "code": "c0de",
        "host": "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUva2lsbg",
        "shop": SHOP,
        "state": "5ta7e",
        "timestamp": str(int((at or now()).timestamp())),
    } | more
    message = "&".join(f"{k}={v}" for k, v in sorted(params.items()))
    return urlencode(params | {"hmac": hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()})


def test_a_signed_callback_is_believed():
    assert signatures.signed_query(oauth_query(), [SECRET], now())["code"] == "c0de"
    assert signatures.signed_query(oauth_query(secret=OLD), [SECRET, OLD], now())["shop"] == SHOP


def test_both_ways_of_writing_values_are_believed():
    params = {"shop": SHOP, "timestamp": str(int(now().timestamp())), "path": "/reviews?a=b c"}
    encoded = "&".join(f"{k}={quote(v, safe=signatures.URI_SAFE)}" for k, v in sorted(params.items()))
    plain = "&".join(f"{k}={v}" for k, v in sorted(params.items()))
    for message in (encoded, plain):
        digest = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()
        assert (
            signatures.signed_query(urlencode(params | {"hmac": digest}), [SECRET], now())["path"] == "/reviews?a=b c"
        )


FORGED_CALLBACK = {
    "another secret": lambda: oauth_query(secret=OTHER),
    "a dropped secret": lambda: oauth_query(secret=OLD),
    "hours old": lambda: oauth_query(at=now() - timedelta(hours=23)),
    "from the future": lambda: oauth_query(at=now() + timedelta(seconds=120)),
    "no time": lambda: oauth_query(timestamp="abc"),
    "a time in another writing": lambda: oauth_query(timestamp="1e9"),
    "a time in other digits": lambda: oauth_query(timestamp="٣"),
    "no shop of Shopify's": lambda: oauth_query(shop="evil.example.com"),
    "the shop twice": lambda: oauth_query() + f"&shop={SHOP}",
    "two shops": lambda: oauth_query() + "&shop=other.myshopify.com",
    "two signatures": lambda: oauth_query() + "&hmac=00",
    "bytes that are not text": lambda: oauth_query() + "&%ff=1",
    "half a surrogate pair": lambda: oauth_query() + "&x=%ED%A0%80",
    "a signature beyond ASCII": lambda: oauth_query().replace("hmac=", "hmac=%F0%9F%92%A9"),
    "hundreds of fields": lambda: oauth_query() + "&x=1" * 200,
    "endless": lambda: oauth_query() + "&x=" + "1" * 9000,
    "a name alone": lambda: "hmac",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("name", FORGED_CALLBACK)
def test_a_callback_that_is_not_exactly_what_was_signed_is_refused(name):
    with pytest.raises(SignatureRefused):
        signatures.signed_query(FORGED_CALLBACK[name](), [SECRET], now())


@settings(max_examples=500)
@given(st.data())
def test_a_changed_callback_is_refused_and_never_crashes(data):
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    query = oauth_query(at=at)
    place = data.draw(st.integers(0, len(query) - 1))
    new = data.draw(st.characters(blacklist_characters=query[place]) | st.just(""))
    changed = query[:place] + new + query[place + 1 :]
    try:
        believed = signatures.signed_query(changed, [SECRET], at)
    except SignatureRefused:
        return
    assert believed == signatures.signed_query(query, [SECRET], at)  # the same fields, written differently
