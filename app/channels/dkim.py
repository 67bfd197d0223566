"""Sign a finished mail by DKIM (RFC 6376, RFC 8463), relaxed/relaxed. dkimpy is the oracle of the tests.

Written here because dkimpy signs by RSA in Python, 8 ms a mail; the key's own library takes a third of a millisecond.
What it signs is ours: headers that stand once, CRLF line ends throughout and one at the end.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from app.config import SigningKey

# Named whether they are there or not, and once more where they are: none can be added or changed on the way.
SIGNED: Final = (
    *("from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"),
    *("list-unsubscribe", "list-unsubscribe-post"),
)
BLANKS: Final = re.compile(rb"[ \t]+")
NEXT_HEADER: Final = re.compile(rb"\r\n(?![ \t])")
LINE: Final = 72  # characters of the signature on one line


def sign(message: bytes, key: SigningKey, now: datetime) -> bytes:
    """Return the message with a signature on top. `message` has CRLF line ends and a blank line after its headers."""
    head, _, body = message.partition(b"\r\n\r\n")
    headers = [_split(line) for line in NEXT_HEADER.split(head)]
    there = [name for name in SIGNED if any(each == name for each, _ in headers)]
    algorithm = "rsa-sha256" if isinstance(key.private, RSAPrivateKey) else "ed25519-sha256"
    hashed = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
    unsigned = (
        f"v=1; a={algorithm}; c=relaxed/relaxed; d={key.domain}; s={key.selector}; t={int(now.timestamp())};\r\n"
        f" h={':'.join(there)}:\r\n {':'.join(SIGNED)};\r\n bh={hashed};\r\n b="
    ).encode()
    mine = (("dkim-signature", unsigned),)
    signature = base64.b64encode(_signature(key, _relaxed_headers(headers, there) + _relaxed(mine)[:-2])).decode()
    folded = "\r\n ".join(signature[start : start + LINE] for start in range(0, len(signature), LINE))
    return b"DKIM-Signature: " + unsigned + folded.encode() + b"\r\n" + message


def signed(message: bytes, key: SigningKey | None, now: datetime) -> bytes:
    """Return the message signed, or as it is where there is no key: then the relay signs."""
    return message if key is None else sign(message, key, now)


def relaxed_body(body: bytes) -> bytes:
    """Return the body as relaxed canonicalisation has it: blanks run together, none at line ends, no lines after all.

    Replacing is several times as fast as a pattern here: most bodies hold few runs of blanks.
    """
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n")
    body = body.rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def _split(line: bytes) -> tuple[str, bytes]:
    name, _, value = line.partition(b":")
    return name.decode("ascii").strip().lower(), value


def _relaxed_headers(headers: Sequence[tuple[str, bytes]], names: Sequence[str]) -> bytes:
    """Return the headers of `names` as they are signed; of one that stands several times, the last."""
    last = dict(headers)
    return _relaxed([(name, last[name]) for name in names])


def _relaxed(headers: Sequence[tuple[str, bytes]]) -> bytes:
    return b"".join(
        name.encode() + b":" + BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip() + b"\r\n"
        for name, value in headers
    )


def _signature(key: SigningKey, words: bytes) -> bytes:
    if isinstance(key.private, RSAPrivateKey):
        return key.private.sign(words, padding.PKCS1v15(), hashes.SHA256())
    return key.private.sign(hashlib.sha256(words).digest())  # RFC 8463: the hash is what is signed
