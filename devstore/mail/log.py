"""The sink's log: one line for each accepted mail, on the disk before anybody is told yes.

It is the outside truth that claims about sending are held against. A line has `key`, `at` (real time), `connection`,
`from`, `to`, `message_id`, `token` (our own header where the mail has one), `bytes`, `sha256`, and the mail itself
under `mail` (zlib, base64).
"""

import base64
import hashlib
import json
import os
import uuid
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

from devstore.mail.listen import Envelope

LONGEST_HEAD = 256 * 1024


class SinkLog:
    """The open log; a line torn by a crash is closed off, so that the next one stands alone."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            self._write(b"\n")

    def append(self, lines: list[bytes]) -> None:
        """Write the lines and wait for the disk."""
        self._write(b"".join(lines))
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._file, data) :]


def line_of(envelope: Envelope, at: datetime) -> bytes:
    """Write one mail's line."""
    body = envelope.body
    head = first_headers(body)
    fact: dict[str, Any] = {
        "key": uuid.uuid4().hex,
        "at": at.isoformat(),
        "connection": envelope.connection,
        "from": envelope.mail_from,
        "to": envelope.recipients,
        "message_id": head.get("message-id"),
        "token": head.get("x-welltimed-message") or head.get("message-id"),
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "mail": base64.b64encode(zlib.compress(body, 1)).decode(),
    }
    return json.dumps(fact, ensure_ascii=False).encode() + b"\n"


def read_line(line: bytes) -> dict[str, Any] | None:
    """Return a line's facts with `body` as bytes, or None for a line torn by a crash."""
    try:
        fact: dict[str, Any] = json.loads(line)
        fact["body"] = zlib.decompress(base64.b64decode(fact.pop("mail")))
    except (ValueError, KeyError, TypeError, zlib.error):
        return None
    return fact


def first_headers(body: bytes) -> dict[str, str]:
    """Return the first value of each header, unfolded, names in lower case."""
    head = body[:LONGEST_HEAD].replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    found: dict[str, str] = {}
    for line in head.replace("\n ", " ").replace("\n\t", " ").split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.lower(), value.strip())
    return found
