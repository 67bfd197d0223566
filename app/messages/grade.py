"""Tell people from machines by how links were opened. Pure. Evidence with a grade, never a trigger for anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AT_ONCE = timedelta(seconds=10)  # nobody reads a mail this soon after it was accepted; scanners do
TOGETHER = timedelta(seconds=5)
MANY_LINKS = 3  # different links of one mail opened together: somebody checks them, nobody reads them

SCANNER = re.compile(
    r"bot\b|crawl|spider|scan|preview|proofpoint|mimecast|barracuda|safelinks|urldefense|headless|python-|curl|wget|"
    r"go-http|java/|okhttp|libwww|googleimageproxy|yahoomailproxy",
    re.IGNORECASE,
)


class Grade(StrEnum):
    """Say how sure we are that a person did it."""

    HUMAN = "human"
    LIKELY = "likely"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one opened link of a message. `agent` is the client's own word."""

    key: str
    kind: str  # open | click | page
    link: str
    method: str
    agent: str
    happened_at: datetime


def grade(hit: Hit, of_message: Sequence[Hit], accepted_at: datetime | None) -> Grade:
    """Return the grade of one hit, seen with every hit of the same message."""
    if hit.method == "HEAD" or SCANNER.search(hit.agent) or not hit.agent:
        return Grade.MACHINE
    together = {each.link for each in of_message if abs(each.happened_at - hit.happened_at) <= TOGETHER}
    if len(together) >= MANY_LINKS:
        return Grade.MACHINE
    if accepted_at is not None and hit.happened_at - accepted_at <= AT_ONCE:
        return Grade.MACHINE if hit.kind == "open" else Grade.LIKELY
    return Grade.LIKELY if hit.kind == "open" else Grade.HUMAN
