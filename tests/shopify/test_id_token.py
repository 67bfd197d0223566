"""Who may open the app: a table of forged, stale and odd ID tokens, and what Shopify's own package says to each."""

import base64
import hashlib
import hmac
import json
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shopify_app import ShopifyApp

from app.shopify import id_token
from app.shopify.id_token import IdTokenRefused, IdTokenStale

KEY = "client-id-of-this-app"
SECRET, OLD, OTHER = (f"{word:_<38}" for word in ("now", "before", "somebody-elses"))
SHOP = "kiln-and-kettle.myshopify.com"
GONE = object()


def packed(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(claims, secret=SECRET, header=None, digest=hashlib.sha256):
    text = f"{packed(header or {'alg': 'HS256', 'typ': 'JWT'})}.{packed(claims)}"
    return f"{text}.{packed(hmac.new(secret.encode(), text.encode(), digest).digest())}"


def claims(**changes):
    now = int(time.time())
    genuine = {
        "iss": f"https://{SHOP}/admin",
        "dest": f"https://{SHOP}",
        "aud": KEY,
        "sub": "902541635",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685",
        "sig": "shopify's own",
    }
    return {name: value for name, value in (genuine | changes).items() if value is not GONE}


def shifted(seconds, lifetime=60):
    """Return changes for a token issued so that it expires `seconds` from now."""
    end = int(time.time()) + seconds
    return {"exp": end, "nbf": end - lifetime, "iat": end - lifetime}


def library_says(token):
    """Return whether Shopify's own package lets this token into the app's home."""
    url = f"https://app.example.com/?shop={SHOP}&id_token={token}"
    request = {"method": "GET", "headers": {}, "url": url, "body": ""}
    return ShopifyApp(KEY, SECRET, OLD).verify_app_home_req(request, "/auth/patch-id-token").ok


def ours(token, secrets=(SECRET, OLD)):
    try:
        return id_token.read(token, KEY, secrets)
    except IdTokenStale:
        return "stale"
    except IdTokenRefused:
        return "refused"


GENUINE = {
    "as Shopify sends it": lambda: signed(claims()),
    "signed with the old secret": lambda: signed(claims(), OLD),
    "expired less than the leeway ago": lambda: signed(claims(**shifted(-7))),
    "its clock a little ahead": lambda: signed(claims(nbf=int(time.time()) + 7, iat=int(time.time()) + 5)),
    "with claims not known yet": lambda: signed(claims(novel={"a": 1})),
    "with key hints in its header, which nobody follows": lambda: signed(
        claims(),
        header={"alg": "HS256", "kid": "../../etc/passwd", "jku": "https://evil.io/keys", "x5u": "https://evil.io"},
    ),
}

FORGED = {
    "another secret": lambda: signed(claims(), OTHER),
    "an empty secret": lambda: signed(claims(), ""),
    "no algorithm": lambda: signed(claims(), header={"alg": "none"}).rsplit(".", 1)[0] + ".",
    "no algorithm, odd case": lambda: signed(claims(), header={"alg": "nOnE"}),
    "HS512": lambda: signed(claims(), header={"alg": "HS512"}, digest=hashlib.sha512),
    "HS384": lambda: signed(claims(), header={"alg": "HS384"}, digest=hashlib.sha384),
    "RS256 with our secret as its key": lambda: signed(claims(), header={"alg": "RS256"}),
    "an algorithm that is a list": lambda: signed(claims(), header={"alg": ["HS256"]}),
    "an algorithm that is missing": lambda: signed(claims(), header={"typ": "JWT"}),
    "a payload changed after signing": lambda: ".".join(
        [signed(claims()).split(".")[0], packed(claims(sub="1")), signed(claims()).split(".")[2]]
    ),
    "no signature": lambda: signed(claims()).rsplit(".", 1)[0] + ".",
    "two parts": lambda: signed(claims()).rsplit(".", 1)[0],
    "four parts": lambda: signed(claims()) + ".x",
    "nothing": lambda: "",
    "text": lambda: "undefined",
    "beyond ASCII": lambda: signed(claims()) + "é",
    "claims that are a list": lambda: signed([claims()]),
    "claims that are not JSON": lambda: signed(b"{'a': 1}"),
    "claims nested without end": lambda: signed(b'{"a":' + b"[" * 1_500 + b"]" * 1_500 + b"}"),
    "endless": lambda: signed(claims(novel="x" * 5_000)),
}

WRONG = {
    "another app's": {"aud": "another-app"},
    "ours among others": {"aud": [KEY, "another-app"]},
    "ours in a list": {"aud": [KEY]},
    "no aud": {"aud": GONE},
    "no exp": {"exp": GONE},
    "no nbf": {"nbf": GONE},
    "no iat": {"iat": GONE},
    "no iss": {"iss": GONE},
    "no dest": {"dest": GONE},
    "no sub": {"sub": GONE},
    "no jti": {"jti": GONE},
    "no sid": {"sid": GONE},
    "null exp": {"exp": None},
    "exp as text": {"exp": "4102444800"},
    "exp with a fraction": lambda: {"exp": time.time() + 60.5},
    "exp without end": {"exp": float("inf")},
    "nbf true": {"nbf": True},
    "a year long": lambda: {"exp": int(time.time()) + 31_536_000},
    "issued in the future": lambda: {"iat": int(time.time()) + 3_600, "exp": int(time.time()) + 3_660},
    "not yet valid": lambda: shifted(3_660),
    "valid long before it was issued": {"nbf": 0},
    "ends before it starts": lambda: {"iat": int(time.time()) + 120, "exp": int(time.time()) + 60},
    "iss of another shop": {"iss": "https://other.myshopify.com/admin"},
    "dest of another shop": {"dest": "https://other.myshopify.com"},
    "dest elsewhere": {"dest": "https://evil.example.com", "iss": "https://evil.example.com/admin"},
    "dest only looks like a shop": {"dest": f"https://{SHOP}.evil.io", "iss": f"https://{SHOP}.evil.io/admin"},
    "dest with a user": {"dest": f"https://{SHOP}@evil.io"},
    "dest with a port": {"dest": f"https://{SHOP}:8443"},
    "dest with a path": {"dest": f"https://{SHOP}/../x"},
    "dest over http": {"dest": f"http://{SHOP}"},
    "dest with a line break": {"dest": f"https://{SHOP}\r\nX: 1"},
    "dest that is a list": {"dest": [f"https://{SHOP}"]},
    "iss without admin": {"iss": f"https://{SHOP}"},
    "sub that is a number": {"sub": 902541635},
    "sub that is no id": {"sub": "' or 1=1 --"},
    "an empty jti": {"jti": ""},
    "an empty sid": {"sid": ""},
    "sid that is a number": {"sid": 7},
    "an endless sid": {"sid": "x" * 300},
}  # fmt: skip


@pytest.mark.parametrize("name", GENUINE)
def test_a_genuine_token_says_who_opened_the_app(name):
    token = GENUINE[name]()
    opened = ours(token)
    assert (opened.shop_domain, opened.user_id) == (SHOP, "902541635")
    assert opened.expires_at.tzinfo is not None
    assert library_says(token)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(name):
    token = FORGED[name]()
    assert ours(token) == "refused"


@pytest.mark.parametrize("name", WRONG)
def test_a_token_that_is_genuine_but_wrong_is_refused(name):
    changes = WRONG[name]
    # Those that hang on the time are made now: a token of an hour ago would be stale before it was wrong.
    assert ours(signed(claims(**(changes() if callable(changes) else changes)))) == "refused"


def test_there_are_at_least_forty_cases():
    assert len(FORGED) + len(WRONG) + len(GENUINE) >= 40


@pytest.mark.parametrize("seconds", [-14, -60, -86_400])
def test_an_expired_token_is_told_apart_since_a_fresh_one_can_be_had(seconds):
    assert ours(signed(claims(**shifted(seconds)))) == "stale"
    assert ours(signed(claims(**shifted(seconds)), OTHER)) == "refused"


def test_the_old_secret_stops_counting_once_it_is_dropped():
    assert ours(signed(claims(), OLD), [SECRET]) == "refused"


@pytest.mark.parametrize("secret", ['"quoted"', '{"keys": []}', "12345", "[]", '{"kty":"oct","k":"AAAA"}'])
def test_a_secret_that_happens_to_be_json_is_still_a_secret(secret):
    assert ours(signed(claims(), secret), [secret]).shop_domain == SHOP


@pytest.mark.parametrize(
    "changes",
    [{"exp": GONE}, {"iss": "https://other.myshopify.com/admin"}, {"dest": "https://evil.example.com"}, {"sid": GONE}],
    ids=["no exp", "two shops", "dest elsewhere", "no sid"],
)
def test_shopifys_package_alone_would_let_these_in(changes):
    # The reason this file exists. Should one of these fail some day, the package has become stricter.
    assert library_says(signed(claims(**changes)))


@cache
def start():
    return int(time.time())


@settings(max_examples=300)
@given(st.data())
def test_a_changed_token_is_refused_and_never_crashes(data):
    token = signed(claims(iat=start(), nbf=start(), exp=start() + 290))
    place = data.draw(st.integers(0, len(token) - 2))  # the last character holds two bits that decode to nothing
    changed = token[:place] + data.draw(st.characters()) + token[place + 1 :]
    assert changed == token or ours(changed) == "refused"
    assert ours(token).shop_domain == SHOP


@given(st.text(max_size=100))
def test_any_text_is_refused(text):
    assert ours(text) == "refused"
