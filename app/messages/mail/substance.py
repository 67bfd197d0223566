"""Say whether two mails are the same to whoever reads them: by their words, links apart. Pure."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
BYTES: Final = 16


def substance(subject: str, text: str) -> str:
    """Return a short name of what a mail says: the same for the same words, whatever links and line ends are in it."""
    words = " ".join(ADDRESS.sub("", f"{subject}\n{text}").split())
    return blake2b(words.encode(), digest_size=BYTES).hexdigest()
