"""Ask whether the mail server greets, encrypts where it must, and lets us in. Nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.channels.base import TransportError
from app.channels.closed import closed
from app.channels.smtp.address import parse
from app.channels.smtp.greeting import greet
from app.commands.health.finding import Finding, ago, well, wrong
from app.kit.clock import business_now
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

ABOUT = "mail server"


def check(runtime: Runtime) -> Iterator[Finding]:
    """Tell whether a mail could be handed over now."""
    try:
        server = parse(runtime.config.smtp_url)
        greet(server, urlsplit(runtime.config.app_url).hostname or "localhost")
    except (TransportError, ValueError) as problem:
        yield wrong(ABOUT, str(problem), "Check SMTP_URL and the server; what is due waits meanwhile.")
        return
    yield well(ABOUT, f"{server.host} greets{' and lets us in' if server.username else ''}")


def check_way_out(runtime: Runtime) -> Iterator[Finding]:
    """Tell since when mails do not leave, where that is noted."""
    with unit_of_work(runtime) as session:
        shut, now = closed(session), business_now(session)
    if shut is not None:
        words = f"no mail has left for {ago(now - shut.since)}: {shut.words}"
        yield wrong(ABOUT, words, "It is tried again by itself; check the server and what it says.")
