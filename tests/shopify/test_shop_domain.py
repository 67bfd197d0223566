"""A shop's domain is the whole text or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shopify import signatures

SHOP = "kiln-and-kettle.myshopify.com"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (SHOP, SHOP),
        ("Kiln-And-Kettle.MyShopify.com", SHOP),
        ("1.myshopify.com", "1.myshopify.com"),
        ("a" * 60 + ".myshopify.com", "a" * 60 + ".myshopify.com"),
        ("a" * 61 + ".myshopify.com", None),
        (None, None),
        ("", None),
        (".myshopify.com", None),
        ("-a.myshopify.com", None),
        ("a_b.myshopify.com", None),
        ("a.b.myshopify.com", None),
        ("a.myshopify.com.", None),
        ("a.myshopify.com.evil.io", None),
        ("evil.io/a.myshopify.com", None),
        ("evil.io#a.myshopify.com", None),
        ("evil.io?a.myshopify.com", None),
        ("a.myshopify.com@evil.io", None),
        ("user@a.myshopify.com", None),
        ("a.myshopify.com:443", None),
        ("a.myshopify.com/", None),
        ("a.myshopify.com/../x", None),
        ("https://a.myshopify.com", None),
        (" a.myshopify.com", None),
        ("a.myshopify.com ", None),
        ("a.myshopify.com\n", None),
        ("a.myshopify.com\r\nHost: evil.io", None),
        ("a\x00.myshopify.com", None),
        ("a.myshopify.com%00", None),
        ("a.myshopify。com", None),
        ("ａ.myshopify.com", None),
        ("а.myshopify.com", None),  # Cyrillic а
        ("\u212ailn.myshopify.com", None),  # the Kelvin sign lower-cases to k
        ("xmyshopify.com", None),
        ("a.myshopifyxcom", None),
        ("localhost", None),
        ("127.0.0.1", None),
        ("a.myshopify.io", None),
    ],
)
def test_a_shop_domain_is_the_whole_text_or_nothing(text, canonical):
    assert signatures.canonical_shop(text) == canonical


@given(st.text(max_size=80))
def test_whatever_passes_is_plain_and_canonical(text):
    domain = signatures.canonical_shop(text)
    assert domain is None or (domain == text.lower() and domain.endswith(".myshopify.com") and domain.count(".") == 2)
