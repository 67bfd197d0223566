"""Say what the configuration is for. That it is whole was checked before any command ran."""

from __future__ import annotations

from collections.abc import Iterator

from app.commands.health.finding import Finding, look, well
from app.kit.runtime import Runtime

ABOUT = "configuration"


def check(runtime: Runtime) -> Iterator[Finding]:
    """Tell what mode it is for, and what is left out that mails are better with."""
    config = runtime.config
    if config.development:
        yield look(ABOUT, "every variable is readable; ENV is development", "Set ENV=production where merchants are.")
    else:
        yield well(ABOUT, "every variable is readable; ENV is production")
    if config.dkim is None:
        yield look(ABOUT, "mails leave without a DKIM signature of ours", "docs/deliverability.md says how to sign.")
