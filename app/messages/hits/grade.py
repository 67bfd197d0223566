"""Tell people from machines by how links were opened. Pure. Evidence with a grade, never a trigger for anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

AT_ONCE = timedelta(seconds=10)  # nobody reads a mail this soon after it was accepted; scanners do
ARRIVAL = timedelta(seconds=60)  # scanners that open links one by one are through by then
TOGETHER = timedelta(seconds=5)
MANY_LINKS = 3  # different links of one mail opened together: somebody checks them, nobody reads them

PRIVACY_PROXY = "Mozilla/5.0"  # the whole agent of Apple's mail proxy, which opens every mail by itself
SCANNER = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|scan|preview|monitor|validator|externalhit|headless|proofpoint|mimecast|"
    r"barracuda|safelinks|urldefense|trendmicro|symantec|sophos|"
    r"python|curl/|wget|go-http|java/|okhttp|libwww|axios|node-fetch|undici|ruby|perl|php",
    re.IGNORECASE,
)


class Grade(StrEnum):
    """Say how sure we are that a person did it."""

    HUMAN = "human"
    LIKELY = "likely"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold one opened link of a message. `machine` says that the client gave itself away, or did before."""

    kind: str  # open | click | page
    link: str
    at: datetime
    machine: bool


def is_machine(method: str, agent: str) -> bool:
    """Tell whether a request gives itself away: no mail program asks by HEAD, no browser is called a scanner."""
    return method == "HEAD" or not agent or agent == PRIVACY_PROXY or SCANNER.search(agent) is not None


def grades(opened: Sequence[Opened], arrived_at: datetime) -> list[Grade]:
    """Return the grade of each hit of one message, seen with all the others.

    `arrived_at` is when the receiving server accepted the mail. A pixel is not a link: mail programs load it by
    themselves, so it makes nobody a machine and is never surely a person.
    """
    at_arrival = {each.link for each in opened if each.kind != "open" and each.at - arrived_at <= ARRIVAL}
    return [_grade(each, opened, arrived_at, swept=len(at_arrival) >= MANY_LINKS) for each in opened]


def _grade(hit: Opened, opened: Sequence[Opened], arrived_at: datetime, *, swept: bool) -> Grade:
    if hit.machine or (swept and hit.at - arrived_at <= ARRIVAL):
        return Grade.MACHINE
    together = {each.link for each in opened if each.kind != "open" and abs(each.at - hit.at) <= TOGETHER}
    if len(together) >= MANY_LINKS:
        return Grade.MACHINE
    if hit.at - arrived_at <= AT_ONCE:
        return Grade.MACHINE if hit.kind == "open" else Grade.LIKELY
    return Grade.LIKELY if hit.kind == "open" else Grade.HUMAN
