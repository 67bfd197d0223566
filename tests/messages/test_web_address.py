"""Addresses mails lead to: spelled as werkzeug spells them, and None for what no browser could go to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.urls import iri_to_uri

from app.messages.mail.web_address import SPELLED, spelled


@given(st.from_regex(SPELLED, fullmatch=True))
def test_what_is_taken_as_it_stands_is_what_the_library_makes_of_it(address):
    assert spelled(address) == iri_to_uri(address) == address


@given(st.text(max_size=80) | st.text(max_size=40).map("https://{}".format))
def test_whatever_it_is_it_is_spelled_in_ascii_or_nothing(address):
    found = spelled(address)
    assert found is None or (found.isascii() and found.startswith(("http://", "https://")))


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://bücher.example/ü?q=ö", "https://xn--bcher-kva.example/%C3%BC?q=%C3%B6"),
        ("HTTPS://A.example/", None),
        ("https://A.example:8443/x#y", "https://a.example:8443/x#y"),
        ("javascript:alert(1)", None),
        ("https://a..b/x", None),
        (f"https://{'a' * 64}.example/", None),
        ("http://[::1/", None),
        ("https://a.example:99999/", None),
        ("https://a.example/ b", None),
    ],
)
def test_named_ones(address, found):
    assert spelled(address) == found
