"""The way out to shops: one HTTP client that reaches `https://{shop}.myshopify.com` and nothing else.

In gateway mode (development and tests) the same requests go to the simulated store, which tells shops apart by Host.
"""

from __future__ import annotations

import re

import httpx

from app.kit.tls import authorities
from app.shopify import signatures

CONNECT_S = 3.0
READ_S = 15.0
WRITE_S = 10.0
POOL_S = 2.0
LONGEST_WAIT_S = 60.0
USER_AGENT = "Welltimed"

SECONDS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")


class RefusedAddress(httpx.RequestError):
    """Say that a request was about to leave for something other than a shop."""


class Busy(httpx.RequestError):
    """Say that Shopify answered 429. Raised here, because Shopify's package would sleep inside the request instead."""

    def __init__(self, request: httpx.Request, retry_after_s: float) -> None:
        """Take how long Shopify asks us to wait, in seconds."""
        super().__init__("Shopify asks us to wait", request=request)
        self.retry_after_s = retry_after_s


class ShopTransport(httpx.BaseTransport):
    """Let only requests to shops through; send them to the gateway where one is set, Host header kept."""

    def __init__(self, inner: httpx.BaseTransport, gateway_url: str | None) -> None:
        """Take what carries requests and, in development, where to instead of the shop."""
        self._inner = inner
        self._gateway = httpx.URL(gateway_url) if gateway_url else None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raise RefusedAddress before anything is resolved or connected."""
        url = request.url
        host = url.raw_host.decode("ascii", "replace")  # not url.host, which decodes xn-- names and raises for odd ones
        if (
            url.scheme != "https"
            or url.port is not None
            or url.userinfo
            or signatures.canonical_shop(host) != host
            or request.headers.get("Host") != host
        ):
            raise RefusedAddress("only a shop's own address is called", request=request)
        if self._gateway is not None:
            there = url.copy_with(scheme=self._gateway.scheme, host=self._gateway.host, port=self._gateway.port)
            request = httpx.Request(
                request.method, there, headers=request.headers, stream=request.stream, extensions=request.extensions
            )
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def open_client(gateway_url: str | None, inner: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a client for shops: bounded waits, no redirects, nothing taken from the environment.

    Safe to share between threads, not across a fork. `inner` stands in for the network in tests.
    """
    return httpx.Client(
        transport=ShopTransport(inner or httpx.HTTPTransport(verify=authorities()), gateway_url),
        timeout=httpx.Timeout(READ_S, connect=CONNECT_S, write=WRITE_S, pool=POOL_S),
        headers={"User-Agent": USER_AGENT},
        follow_redirects=False,
        event_hooks={"response": [_refuse_busy]},
        trust_env=False,
    )


def _refuse_busy(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        written = response.headers.get("Retry-After", "")
        seconds = float(written) if SECONDS.fullmatch(written) else 1.0
        raise Busy(response.request, min(seconds, LONGEST_WAIT_S))
