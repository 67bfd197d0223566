"""Say that Shopify keeps customer data from us, and what to do about it. Pure."""

from __future__ import annotations

from typing import Final

from app.flows.words.count_words import counted

NOT_OPEN: Final = "Shopify has not opened customer data to this app yet."
TO_DO: Final = "Whoever set the app up asks for protected customer data in the Partner dashboard, under API access."
GOES_ON: Final = (
    "A quarter hour after the approval at the latest, what waits begins to go out; what is too old by then does not."
)


def status_words(waiting: int) -> str:
    """Return what becomes of messages meanwhile, after what was sent: "3 messages wait until Shopify opens …"."""
    if waiting == 0:
        return "Nothing goes out until Shopify opens customer data to this app."
    return f"{counted(waiting, 'message waits', 'messages wait')} until Shopify opens customer data to this app."
