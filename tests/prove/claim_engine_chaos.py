"""Claims about real processes, killed while mails flow. Full sizes take minutes; none is quick."""

import os
from collections import Counter

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, claim

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))  # ten minutes each; shorter on a machine with less time
PER_MINUTE = 5_000
ENOUGH = 0.99


def soak(harm: str) -> tuple[dict, str]:
    """Run a soak; return its verdict, and the figures every one of them has."""
    messages = int(SECONDS / 60 * PER_MINUTE)
    (found,) = aside(("tests.chaos.soak", harm, SECONDS, messages, harm))
    harms = sum(found["harms"].values())
    words = (
        f"{SECONDS:.0f} s, seed {harm}: {harms} harms, {found['planned']} planned, {found['accepted']} accepted,"
        f" {found['unknown']} unknown ({found['unknown_delivered']} of them delivered;"
        f" {found['answers_withheld']} answers withheld), {found['skipped']} skipped with a reason,"
        f" {found['acknowledged']} webhooks acknowledged; at rest after {found['rested_after_s']} s;"
        f" {len(found['faults'])} lost, twice or silent {found['faults'][:2] or ''}"
    )
    return found, words


def holds(found: dict) -> bool:
    """Say whether the zeros hold, and something was there to hold them for."""
    return not found["faults"] and found["accepted"] > found["planned"] // 2 and sum(found["harms"].values()) > 0


@claim("engine", "A process killed every two seconds while mails flow: none lost, none twice, unknown counted")
def killed(scale: Scale) -> Figure:
    """Kill web, workers, their jobs and tickers."""
    found, words = soak("kill")
    kinds = Counter(name.partition(" #")[0] for name in found["harms"])
    return Figure(f"{words}; {len(kinds)} kinds of process", holds=holds(found))


@claim("engine", "PostgreSQL killed every minute: every acknowledged webhook is there, no mail lost or twice")
def database_killed(scale: Scale) -> Figure:
    """Kill the postmaster and let it recover; only 503 while it is down."""
    found, words = soak("postgres")
    return Figure(f"{words}; refused meanwhile: {found['refused']}", holds=holds(found))


@claim("engine", "Redis dead, mute or full changes nothing but when")
def redis_away(scale: Scale) -> Figure:
    """Take Redis away in three ways, in turns."""
    found, words = soak("redis")
    return Figure(f"{words}; {found['harms']}", holds=holds(found) and not found["refused"])


@claim("engine", "A full disk stops sending and acknowledging, loses nothing, and needs no repair")
def disk_full(scale: Scale) -> Figure:
    """Fill the disk the database lies on, and empty it again; only 503 meanwhile."""
    found, words = soak("disk")
    refused = found["refused"].get("503", 0)
    return Figure(f"{words}; refused meanwhile: {found['refused']}", holds=holds(found) and refused > 0)


@claim("engine", "At 50,000 mails an hour over 1,000 shops, 99 in 100 are handed off within ten seconds of their time")
def prompt(scale: Scale) -> Figure:
    """Let mails of a thousand shops come due, and compare the time of each hand-off with its time."""
    (found,) = aside(("tests.chaos.prompt", min(SECONDS, 300), 1_000))
    words = (
        f"{found['mails']} mails, {found['soon']:.2%} within 10 s, {found['not_late']:.2%} within 60 s; median"
        f" {found['median_s']:.1f} s, longest {found['longest_s']:.1f} s; {len(found['faults'])} faults"
    )
    on_time = found["soon"] >= ENOUGH and found["earliest_s"] >= 0
    return Figure(words, holds=on_time and not found["faults"] and found["mails"] > 0)
