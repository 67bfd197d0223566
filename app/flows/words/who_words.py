"""Name who paused or saved something. Pure. The admin knows staff by a number, and so do we."""

from __future__ import annotations

from typing import Final

MAIL_SERVER: Final = "mail_server"
STAFF: Final = "user:"
WORDS: Final = {MAIL_SERVER: "the mail server", "reinstall": "the app when it was installed again"}


def who_words(by: str) -> str:
    """Return who stands behind a stored name: "staff member 7" for "user:7", "the mail server"; others as they are."""
    return f"staff member {by.removeprefix(STAFF)}" if by.startswith(STAFF) else WORDS.get(by, by)
