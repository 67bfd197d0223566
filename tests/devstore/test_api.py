"""The script API answers every body with sense: 422 names the field, nothing is a 500."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstore.clock.jump import jump

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = {
    "/api/orders": ("shop", "email", "customer", "customer_id", "lines", "shipping_price", "note", "tags", "locale"),
    "/api/clock": ("advance_hours", "to_next_due"),
    "/api/faults": ("lose", "copies", "shuffle_seconds", "delay_seconds", "seed"),
    "/api/sink/script": ("replies",),
    "/api/products": ("title", "price", "handle", "tags", "status", "drawing"),
    "/api/customers": ("email", "address", "consent", "first_name"),
}


@pytest.mark.parametrize("path", sorted(FIELDS))
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_body_is_a_server_fault(store, monkeypatch, path, data):
    monkeypatch.setattr(jump, "start", lambda _: None)
    field = data.draw(st.sampled_from(FIELDS[path]))
    good = {"/api/orders": {"email": "a@example.com", "lines": [{"variant": "linen-cloth"}]}}.get(path, {})
    answer = store.post(path, json=good | {field: data.draw(JSON)})
    assert answer.status_code in {200, 201, 202, 422}
    if answer.status_code == 422:
        assert answer.json["error"]["field"]


@pytest.mark.parametrize("body", [b"", b"[]", b"nul", b"\xff", b'{"lines": 1}', b'{"lin": []}', b'"x"'])
def test_a_body_that_is_no_order_is_told_so(store, body):
    assert store.post("/api/orders", data=body).status_code == 422


@pytest.mark.parametrize("variant", [2**63, -(2**63), str(2**63), "²", "--5", -1, True], ids=repr)
@pytest.mark.parametrize("quantity", [1, "²", "--5", str(2**63)], ids=repr)
def test_a_number_nobody_has_is_told_so(store, variant, quantity):
    order = {"lines": [{"variant": variant, "quantity": quantity}]}
    assert store.post("/api/orders", json=order).status_code == 422


@pytest.mark.parametrize("key", ["0", "x", "99999999999999999999", "%00", "-1", "#1"])
def test_an_order_that_is_not_there(store, key):
    assert store.get(f"/api/orders/{key}").status_code in {404, 422}


def test_health(store):
    assert store.get("/api/health").json == {"ok": True, "shops": 2}


def test_an_unknown_field_is_a_misunderstanding(store):
    answer = store.post("/api/faults", json={"loose": 0.2})
    assert (answer.status_code, answer.json["error"]["field"]) == (422, "loose")
