"""Read from shopify.app.toml which topics the app wants, and where, as Shopify does at deploy."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")


@dataclass(frozen=True)
class Subscription:
    """One topic to one address; `name` is the subscription's optional name."""

    topic: str
    uri: str
    name: str | None


@dataclass(frozen=True)
class Deployed:
    """The webhooks part of the app's configuration."""

    api_version: str
    application_url: str
    subscriptions: tuple[Subscription, ...]

    def to(self, topic: str) -> list[Subscription]:
        """Return the subscriptions of a topic; one topic may go to several addresses."""
        return [one for one in self.subscriptions if one.topic == topic]

    def address(self, subscription: Subscription, app_url: str) -> str:
        """Return the full address: relative ones, and those under application_url, go where the app runs now."""
        uri = subscription.uri
        if self.application_url and uri.startswith(self.application_url):
            uri = uri.removeprefix(self.application_url)
        return app_url + "/" + uri.lstrip("/") if not uri.startswith(("http://", "https://")) else uri


NOTHING = Deployed("2026-10", "", ())


class AppFileWatch:
    """Hold the last reading of the file and read it again when it changes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "shopify.app.toml"
        self._stamp: tuple[int, int] | None = None
        self._read = NOTHING

    def current(self) -> Deployed:
        """Return what is deployed: nothing where there never was a file, the last good reading of a broken one."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return NOTHING
        stamp = (stat.st_mtime_ns, stat.st_size)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._read = read_deployed(tomllib.loads(self._file.read_text("utf-8")))
            except (tomllib.TOMLDecodeError, KeyError) as fault:
                print(f"webhooks: {self._file.name} is not taken over, {type(fault).__name__}: {fault}", flush=True)
        return self._read


def read_deployed(raw: dict[str, Any]) -> Deployed:
    """Return the webhooks part of a parsed shopify.app.toml."""
    section = raw.get("webhooks", {})
    subscriptions = [
        Subscription(topic, entry["uri"], entry.get("name"))
        for entry in section.get("subscriptions", [])
        for topic in [*entry.get("topics", []), *entry.get("compliance_topics", [])]
    ]
    return Deployed(
        api_version=section.get("api_version", NOTHING.api_version),
        application_url=raw.get("application_url", "").rstrip("/"),
        subscriptions=tuple(subscriptions),
    )
