"""Default ports move out of the way, explicit ones say so."""

import socket

import pytest

from serve.errors import CannotServe
from serve.ports import choose, is_free


def test_the_default_is_taken_when_free():
    assert choose("PORT", 8000, {}, free=lambda _port: True) == 8000


def test_a_taken_default_moves_to_the_next_free_port():
    assert choose("PORT", 8000, {"PORT": ""}, taken=[8001], free=lambda port: port != 8000) == 8002


def test_an_explicit_port_is_used_as_given():
    assert choose("PORT", 8000, {"PORT": "18080"}, free=lambda _port: True) == 18080


def test_an_explicit_port_in_use_is_a_clear_error():
    with pytest.raises(CannotServe, match="DEVSTORE_PORT=9000: the port is in use"):
        choose("DEVSTORE_PORT", 9000, {"DEVSTORE_PORT": "9000"}, free=lambda _port: False)


@pytest.mark.parametrize("wish", ["0", "65536", "-1", "web", "80.0", "٨٠"])
def test_what_is_no_port_is_a_clear_error(wish):
    with pytest.raises(CannotServe, match="must be a port from 1 to 65535"):
        choose("PORT", 8000, {"PORT": wish}, free=lambda _port: True)


def test_two_parts_cannot_be_given_one_port():
    with pytest.raises(CannotServe, match="another part"):
        choose("PORT", 8000, {"PORT": "9000"}, taken=[9000], free=lambda _port: True)


def test_a_listening_port_is_not_free():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        server.listen()
        assert not is_free(port)
    assert is_free(port)
