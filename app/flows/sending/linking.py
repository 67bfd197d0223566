"""Make the links of a mail: signed and tracked ones for a real message, harmless ones for a preview."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from app.config import Config
from app.kit.signing import new_public_id
from app.messages.mail.web_address import spelled
from app.messages.prepare import Known, Link
from app.messages.signed.links import Purpose, url


class Linking(Protocol):
    """Give a mail its addresses."""

    def ours(self, purpose: Purpose) -> str:
        """Return the address of one of our own pages, "" to leave the link out."""

    def out(self, purpose: str, target: str) -> str:
        """Return the address that leads out to `target`; "" for an empty one, and for one no browser could go to."""


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """Link as a message does that will leave: signed with its random id, clicks counted.

    `made` collects the tracked links, to be kept with the message.
    """

    config: Config
    shop_id: int
    known: Known
    made: list[Link] = field(default_factory=list)

    def ours(self, purpose: Purpose) -> str:
        """Return the signed address."""
        return url(self.config, purpose, self.shop_id, self.known.public_id)

    def out(self, purpose: str, target: str) -> str:
        """Return our click link to the target."""
        if not target or spelled(target) is None:
            return ""
        link = Link(purpose, self.known.links.get(purpose) or new_public_id(), target)
        self.made.append(link)
        return url(self.config, Purpose.CLICK, self.shop_id, link.public_id)


@dataclass(frozen=True, slots=True)
class SampleLinks:
    """Link as a preview does: our pages become a page that says what the link will do, others are led to directly.

    Nothing is written, signed or counted.
    """

    app_url: str

    def ours(self, purpose: Purpose) -> str:
        """Return the page about this kind of link; a preview has no open pixel."""
        return "" if purpose is Purpose.OPEN else f"{self.app_url}/sample/{purpose}"

    def out(self, purpose: str, target: str) -> str:  # noqa: ARG002 - the shape of Linking
        """Return the target itself."""
        return target
