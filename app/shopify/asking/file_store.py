"""The way to the files Shopify makes for us: its store in the cloud over TLS, the simulated store in development."""

from __future__ import annotations

import httpx

from app.kit.tls import authorities
from app.shopify.asking.gateway import CONNECT_S, POOL_S, USER_AGENT, WRITE_S, RefusedAddress

READ_S = 30.0
HOSTS = ("storage.googleapis.com", ".storage.googleapis.com", ".shopify.com", ".shopifycdn.com", ".shopifycloud.com")


class FileTransport(httpx.BaseTransport):
    """Let only requests to the file store through: an address comes out of an answer, and leads nowhere else."""

    def __init__(self, inner: httpx.BaseTransport, gateway_url: str | None) -> None:
        """Take what carries requests and, in development, the only origin there is."""
        self._inner = inner
        self._gateway = httpx.URL(gateway_url) if gateway_url else None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raise RefusedAddress before anything is resolved or connected."""
        if not self._is_file_store(request.url):
            raise RefusedAddress("only Shopify's file store is called", request=request)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _is_file_store(self, url: httpx.URL) -> bool:
        if self._gateway is not None:
            return (url.scheme, url.host, url.port) == (self._gateway.scheme, self._gateway.host, self._gateway.port)
        host = url.raw_host.decode("ascii", "replace")
        known = host == HOSTS[0] or host.endswith(HOSTS[1:])
        return url.scheme == "https" and url.port is None and not url.userinfo and known


def open_files(gateway_url: str | None, inner: httpx.BaseTransport | None = None) -> httpx.Client:
    """Return a client for files: no redirects, nothing taken from the environment. `inner` stands in in tests."""
    return httpx.Client(
        transport=FileTransport(inner or httpx.HTTPTransport(verify=authorities()), gateway_url),
        timeout=httpx.Timeout(READ_S, connect=CONNECT_S, write=WRITE_S, pool=POOL_S),
        headers={"User-Agent": USER_AGENT},
        follow_redirects=False,
        trust_env=False,
    )
