"""Whom we believe over TLS: read once a process, because the certificates of all authorities are megabytes of it."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """Return what every outgoing client checks certificates by. Safe to share between threads."""
    return httpx.create_ssl_context()
