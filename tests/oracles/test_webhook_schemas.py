"""The webhook oracle itself: it knows every topic we subscribe to, and it can fail."""

import copy

import pytest

from tests.oracles import webhook_schemas as oracle
from tests.oracles.app_toml import app_toml, topics

pytestmark = pytest.mark.oracle

TOPICS = sorted(topics(app_toml()))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topics_own_sample_passes_unless_listed(topic):
    assert bool(oracle.schema_faults(topic, oracle.sample(topic))) == (topic in oracle.SAMPLE_FAILS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_can_be_subscribed_to_in_the_toml_with_our_scopes(topic):
    known = oracle.metadata(topic)
    access = app_toml()["access_scopes"]
    have = set(access["scopes"].split(","))
    assert "toml" in known["available_on"]
    wanted = known.get("access_scopes")
    assert not wanted or any(f"read_{scope}" in have for scope in wanted), wanted


@pytest.mark.parametrize(
    ("topic", "key", "value"),
    [
        ("orders/paid", "line_items", {}),
        ("orders/paid", "financial_status", "banana"),
        ("orders/paid", "updated_at", "2000-01-01T00:00:00+00:00"),
        ("orders/paid", "created_at", "2026-01-01T00:00:00"),
        ("orders/paid", "id", 1),
        ("fulfillments/update", "shipment_status", "banana"),
        ("fulfillment_events/create", "status", "arrived"),
        ("refunds/create", "order_id", "x"),
    ],
)
def test_a_planted_fault_is_found(topic, key, value):
    payload = copy.deepcopy(oracle.sample(topic))
    before = oracle.faults(topic, payload)
    payload[key] = value
    assert [fault for fault in oracle.faults(topic, payload) if fault not in before]


def test_a_missing_key_is_found():
    payload = oracle.sample("fulfillments/update")
    del payload["shipment_status"]
    assert oracle.schema_faults("fulfillments/update", payload)


def test_an_unknown_topic_is_no_topic():
    with pytest.raises(FileNotFoundError):
        oracle.schema("orders/nope")
