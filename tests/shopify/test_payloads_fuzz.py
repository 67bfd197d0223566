"""Whatever a payload holds: facts or a PayloadError, nothing else."""

import contextlib
import copy
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.shopify.payloads import node_orders, node_people, webhook_goods, webhook_orders, webhook_people
from app.shopify.payloads.fault import PayloadError
from tests.shopify.samples import sample

READERS = {
    "webhook_order": (
        webhook_orders.order,
        webhook_orders.fulfillment,
        webhook_orders.refund,
        webhook_orders.return_case,
    ),
    "webhook_fulfillment_event": (webhook_orders.fulfillment_event, webhook_people.deleted_id),
    "webhook_product": (webhook_goods.product, webhook_orders.order_edit),
    "webhook_shop": (webhook_people.shop, webhook_people.privacy_request, webhook_people.scopes_change),
    "node_order": (node_orders.order, node_orders.fulfillment, node_orders.lines, node_people.customer),
    "node_product": (node_people.product, webhook_people.customer, webhook_people.customer_merge),
    "node_shop": (node_people.shop, webhook_people.email_consent),
}

poison = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2**63,
        2**31,
        Decimal("1e400"),
        "",
        " ",
        "\x00",
        "\ud800",
        "x" * 200_000,
        [],
        {},
        [[]],
        [None],
        "NaN",
    ]
) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    """Yield the way to every value inside a sample."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=80)
@given(data=st.data())
def test_any_json_is_facts_or_a_payload_error(name, data):
    body = copy.deepcopy(sample(name))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(body))))
        holder = body
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = copy.deepcopy(data.draw(poison))
    for read in READERS[name]:
        with contextlib.suppress(PayloadError):
            read(body)


@given(poison)
def test_anything_at_all_is_a_payload_error_or_facts(value):
    for reader in {read for readers in READERS.values() for read in readers}:
        with contextlib.suppress(PayloadError):
            reader(value)
