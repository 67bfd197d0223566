"""The secrets of one clone, made once and kept in a file only its owner reads."""

import base64
import json
import os
import secrets
from pathlib import Path

from serve.errors import CannotServe


def load(data: Path) -> dict[str, str]:
    """Return the clone's secrets by the names of the app's variables; the first call makes them.

    A secret this file does not hold yet is added; none is ever changed, since stored tokens and
    sent links depend on them.

    Raises:
        CannotServe: the file is not what this function once wrote.
    """
    path = data / "secrets.json"
    kept: dict[str, str] = {}
    if path.exists():
        try:
            kept = json.loads(path.read_text())
            usable = all(isinstance(value, str) for value in kept.values())
        except (ValueError, AttributeError):
            usable = False
        if not usable:
            raise CannotServe(
                f"{path} cannot be read. Without it stored tokens and sent links are lost: restore it "
                "from a backup, or move the whole folder away to start afresh."
            )
    made = {**_fresh(), **kept}
    if made != kept:
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.rename(path)
    path.chmod(0o600)
    return made


def _fresh() -> dict[str, str]:
    """Return a new secret for each name."""
    return {
        "SHOPIFY_API_KEY": secrets.token_hex(16),
        "SHOPIFY_API_SECRET": f"shpss_{secrets.token_hex(16)}",
        # A Fernet key is 32 random bytes in URL-safe base64.
        "ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "LINK_KEYS": secrets.token_urlsafe(48),
    }
