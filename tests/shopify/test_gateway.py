"""Requests leave for shops and nowhere else."""

import httpx
import pytest

from app.shopify.asking import gateway

SHOP = "kiln-and-kettle.myshopify.com"


class Recorder(httpx.BaseTransport):
    """Answer with `status` and keep what came."""

    def __init__(self, status=200, headers=None):
        self.requests, self.status, self.headers = [], status, headers or {}

    def handle_request(self, request):
        request.read()
        self.requests.append(request)
        return httpx.Response(self.status, headers=self.headers, json={})


def test_a_shop_is_called_at_its_own_address():
    recorder = Recorder()
    gateway.open_client(None, recorder).post(f"https://{SHOP}/admin/x?a=1", json={"b": 2})
    (request,) = recorder.requests
    assert str(request.url) == f"https://{SHOP}/admin/x?a=1"
    assert request.content == b'{"b":2}'


def test_in_gateway_mode_the_simulated_store_is_called_in_the_shops_name():
    recorder = Recorder()
    gateway.open_client("http://127.0.0.1:9000", recorder).post(f"https://{SHOP}/admin/x?a=1", json={"b": 2})
    (request,) = recorder.requests
    assert str(request.url) == "http://127.0.0.1:9000/admin/x?a=1"
    assert request.headers["Host"] == SHOP
    assert request.content == b'{"b":2}'


@pytest.mark.parametrize(
    "url",
    [
        "http://kiln-and-kettle.myshopify.com/",
        "https://kiln-and-kettle.myshopify.com:8443/",
        "https://user:word@kiln-and-kettle.myshopify.com/",
        "https://kiln-and-kettle.myshopify.com.evil.io/",
        "https://evil.io/kiln-and-kettle.myshopify.com",
        "https://kiln-and-kettle.myshopify.com@evil.io/",
        "https://evil.io#@kiln-and-kettle.myshopify.com/",
        "https://xn--mnchen-3ya.example/",
        "https://xn--mnchen-3ya.myshopify.com.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://admin.shopify.com/",
        "ftp://kiln-and-kettle.myshopify.com/",
    ],
)
@pytest.mark.parametrize("gateway_url", [None, "http://127.0.0.1:9000"])
def test_nothing_else_is_called(url, gateway_url):
    recorder = Recorder()
    with pytest.raises(gateway.RefusedAddress):
        gateway.open_client(gateway_url, recorder).get(url)
    assert recorder.requests == []


def test_a_host_header_of_another_shop_is_not_sent():
    recorder = Recorder()
    with pytest.raises(gateway.RefusedAddress):
        gateway.open_client(None, recorder).get(f"https://{SHOP}/", headers={"Host": "other.myshopify.com"})


def test_a_redirect_is_not_followed():
    recorder = Recorder(302, {"Location": "https://evil.io/"})
    assert gateway.open_client(None, recorder).get(f"https://{SHOP}/").status_code == 302
    assert len(recorder.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2.0", 2.0), ("7", 7.0), ("9999", 60.0), (None, 1.0), ("soon", 1.0), ("-1", 1.0), ("", 1.0)],
)
def test_being_asked_to_wait_says_how_long(header, seconds):
    recorder = Recorder(429, {} if header is None else {"Retry-After": header})
    with pytest.raises(gateway.Busy) as caught:
        gateway.open_client(None, recorder).get(f"https://{SHOP}/")
    assert caught.value.retry_after_s == seconds


def test_a_proxy_in_the_environment_is_not_used(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    recorder = Recorder()
    assert gateway.open_client(None, recorder).get(f"https://{SHOP}/").status_code == 200
