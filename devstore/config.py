"""Read the dev store's variables, once."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What the environment says; `settings` names the variables that may be left out."""

    port: int
    smtp_port: int
    app_url: str
    api_key: str
    api_secret: str
    app_folder: Path
    sink_log: Path
    retry_window_seconds: float
    shoppers: bool

    @property
    def origin(self) -> str:
        """Where browsers reach the dev store."""
        return f"http://127.0.0.1:{self.port}"


@cache
def settings() -> Settings:
    """Return the settings; raises KeyError naming the variable that is missing.

    DEVSTORE_SINK_LOG is the file of accepted mail (default `.data/sink.jsonl` below the current folder);
    DEVSTORE_RETRY_SECONDS is how many real seconds Shopify's four hours of webhook retries take (default 240);
    DEVSTORE_SHOPPERS=off keeps the simulated shoppers from their mail.
    """
    env = os.environ
    return Settings(
        port=int(env["DEVSTORE_PORT"]),
        smtp_port=int(env["DEVSTORE_SMTP_PORT"]),
        app_url=env["APP_URL"].rstrip("/"),
        api_key=env["SHOPIFY_API_KEY"],
        api_secret=env["SHOPIFY_API_SECRET"],
        app_folder=Path(env["DEVSTORE_APP_FOLDER"]),
        sink_log=Path(env.get("DEVSTORE_SINK_LOG") or ".data/sink.jsonl"),
        retry_window_seconds=float(env.get("DEVSTORE_RETRY_SECONDS") or 240),
        shoppers=env.get("DEVSTORE_SHOPPERS") != "off",
    )
