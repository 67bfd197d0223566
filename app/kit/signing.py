"""Signed shopper links: one salt per purpose, no personal data inside, key rotation."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson
from itsdangerous import BadData, BadSignature, Signer, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode, want_bytes

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
    """Return (shop id, public id) when any key signed `token` for `purpose`, else None.

    A genuine link has one spelling: base64 leaves spare bits at its end and skips what is no letter of it, so payload
    and signature are believed only as they were written.
    """
    try:
        payload = _serializer(keys, purpose).loads(token)
    except (BadData, ValueError, RecursionError):
        return None
    match payload:
        case [int() as shop_id, str() as public_id] if not isinstance(payload[0], bool):
            return shop_id, public_id
        case _:
            return None


def _serializer(keys: Sequence[str], purpose: str) -> URLSafeSerializer:
    return _made(tuple(keys), purpose)


class _Signer(Signer):
    """Sign and believe as the library does, with its keys derived once and no object for each signature.

    The library takes a signature's letters apart and compares what they mean; here the letters are compared.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what the library takes; derive the keys, newest first."""
        super().__init__(*args, **options)
        self._derived = [self.derive_key(key) for key in reversed(self.secret_keys)]

    def get_signature(self, value: str | bytes) -> bytes:
        """Return the signature of `value` by the newest key."""
        return base64_encode(hmac.digest(self._derived[0], want_bytes(value), "sha1"))

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Tell whether any key signed `value`."""
        words, told = want_bytes(value), want_bytes(sig)
        return any(hmac.compare_digest(told, base64_encode(hmac.digest(key, words, "sha1"))) for key in self._derived)


class _Serializer(URLSafeSerializer):
    """Do what the library does, without what it does anew for each token: the signer, its keys, and a compression.

    It compresses every payload and throws that away where it is no shorter, as it never is for a number and an id.
    """

    def loads(self, s: str | bytes, salt: str | bytes | None = None, **options: Any) -> Any:
        """Return what a token holds. Raises BadData where none of the keys signed it; ValueError for no payload."""
        if salt is not None or options:
            return super().loads(s, salt, **options)
        payload, _, told = want_bytes(s).rpartition(b".")
        if not self.make_signer().verify_signature(payload, told):
            raise BadSignature("no key of ours signed this")
        return self.load_payload(payload)

    def dump_payload(self, obj: object) -> bytes:
        """Return the payload as the library spells it."""
        return base64_encode(orjson.dumps(obj))

    def load_payload(self, payload: bytes, *args: Any, **options: Any) -> Any:
        """Return what was dumped, by the library too. Raises BadData or ValueError for anything else."""
        if payload.startswith(b"."):
            return super().load_payload(payload, *args, **options)
        return orjson.loads(base64_decode(payload))

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        """Return the one signer; no other salt is ever asked for."""
        if salt is not None:
            return super().make_signer(salt)
        if self._signer is None:
            self._signer = super().make_signer()
        return self._signer

    _signer: Signer | None = None


@lru_cache(maxsize=64)  # one mail has half a dozen links, each of one of a few purposes
def _made(keys: tuple[str, ...], purpose: str) -> URLSafeSerializer:
    # itsdangerous signs with the last key of a list and accepts all of them.
    return _Serializer(list(reversed(keys)), salt=f"welltimed.{purpose}", signer=_Signer)
