"""Signed shopper links: one salt per purpose, no personal data inside, key rotation."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache

import orjson
from itsdangerous import BadData, HMACAlgorithm, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

PUBLIC_ID_BYTES = 12  # 96 random bits: not to be guessed, and short enough for a link in a text mail


def new_public_id() -> str:
    """Return a random id that may stand in a link."""
    return secrets.token_urlsafe(PUBLIC_ID_BYTES)


def derived_ids(keys: Sequence[str], about: str) -> list[str]:
    """Return the ids `about` has under each key (newest first): as unguessable as random ones, and the same again.

    Whoever holds no key can neither guess nor recompute one. Used where a thing must keep its name though its row is
    lost.
    """
    return [
        urlsafe_b64encode(hmac.digest(key.encode(), f"welltimed.id.{about}".encode(), "sha256")[:PUBLIC_ID_BYTES])
        .rstrip(b"=")
        .decode()
        for key in keys
    ]


def sign(keys: Sequence[str], purpose: str, shop_id: int, public_id: str) -> str:
    """Return a URL-safe token for `purpose`, signed with the newest key (`keys` are newest first)."""
    return _serializer(keys, purpose).dumps([shop_id, public_id])


def unsign(keys: Sequence[str], purpose: str, token: str) -> tuple[int, str] | None:
    """Return (shop id, public id) when any key signed `token` for `purpose`, else None."""
    try:
        payload = _serializer(keys, purpose).loads(token)
    except (BadData, ValueError, RecursionError):
        return None
    match payload:
        case [int() as shop_id, str() as public_id] if not isinstance(payload[0], bool):
            # The payload is signed as it is spelled. The signature is not: base64 leaves spare bits at its end, and
            # skips what is no letter of it. Without this, one genuine link would have many spellings.
            signature = token.rpartition(".")[2].encode()
            return (shop_id, public_id) if base64_encode(base64_decode(signature)) == signature else None
        case _:
            return None


def _serializer(keys: Sequence[str], purpose: str) -> URLSafeSerializer:
    return _made(tuple(keys), purpose)


class _AtOnce(HMACAlgorithm):
    """Sign as the library does, in one call instead of an object for each signature."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the signature of `value`."""
        return hmac.digest(key, value, "sha1")


class _Serializer(URLSafeSerializer):
    """Do what the library does, without what it does anew for each token: the signer, its keys, and a compression.

    It compresses every payload and throws that away where it is no shorter, as it never is for a number and an id.
    """

    def dump_payload(self, obj: object) -> bytes:
        """Return the payload as the library spells it."""
        return base64_encode(orjson.dumps(obj))

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        """Return the one signer; no other salt is ever asked for."""
        if salt is not None:
            return super().make_signer(salt)
        if self._signer is None:
            self._signer = super().make_signer()
            self._signer.algorithm = _AtOnce()
            self._signer.derive_key = lru_cache(maxsize=8)(self._signer.derive_key)  # type: ignore[method-assign]
        return self._signer

    _signer: Signer | None = None


@lru_cache(maxsize=64)  # one mail has half a dozen links, each of one of a few purposes
def _made(keys: tuple[str, ...], purpose: str) -> URLSafeSerializer:
    # itsdangerous signs with the last key of a list and accepts all of them.
    return _Serializer(list(reversed(keys)), salt=f"welltimed.{purpose}")
