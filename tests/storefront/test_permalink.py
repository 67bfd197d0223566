"""Cart permalinks: what they ask for, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstore.storefront.permalink import BadPermalink, read_permalink


def test_items_and_prefills_are_read():
    query = {"checkout[email]": "ana@example.com", "checkout[shipping_address][first_name]": "Ana", "note": "gift"}
    link = read_permalink("12:1,34:2", query)
    assert (link.items, link.email, link.first_name, link.note) == (
        ((12, 1), (34, 2)),
        "ana@example.com",
        "Ana",
        "gift",
    )


def test_the_same_variant_twice_adds_up():
    assert read_permalink("12:1,12:2", {}).items == ((12, 3),)


@pytest.mark.parametrize(
    "path", ["", "12", "12:", ":1", "12:0", "0:1", "12:1,", "a:1", "12:1;13:1", "12:1000", "9" * 19 + ":1"]
)
def test_other_shapes_are_refused(path):
    with pytest.raises(BadPermalink):
        read_permalink(path, {})


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(path):
    try:
        link = read_permalink(path, {})
    except BadPermalink:
        return
    assert all(variant > 0 and 0 < quantity < 1000 for variant, quantity in link.items)
    assert read_permalink(link.path, {}).items == link.items
