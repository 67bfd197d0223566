"""Name who paused or saved something. Pure. The admin tells us a number of its staff and no name."""

from __future__ import annotations

from typing import Final

MAIL_SERVER: Final = "mail_server"
CIRCUIT: Final = "unusual_plan"
STAFF: Final = "user:"
WORDS: Final = {
    MAIL_SERVER: "the mail server",
    CIRCUIT: "the app, for an unusual number of messages",
    "preferences": "the person",
    "merchant": "somebody at your shop",
    "operator": "whoever runs the app",
    "reinstall": "the app when it was installed again",
}


def who_words(by: str) -> str:
    """Return who stands behind a stored name: "a staff member" for "user:7", "the mail server"; others as they are."""
    return "a staff member" if by.startswith(STAFF) else WORDS.get(by, by)
