"""Read the app's own configuration, as Shopify knows it after a deploy."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class AppFile:
    """The parts of shopify.app.toml the platform acts on."""

    name: str
    handle: str
    scopes: tuple[str, ...]
    optional_scopes: tuple[str, ...]
    redirect_paths: tuple[str, ...]
    metafields: tuple[tuple[str, str, dict[str, Any]], ...]  # owner type, key, definition
    metaobjects: tuple[tuple[str, dict[str, Any]], ...]  # type without its `$app:`, definition

    def allows_redirect(self, uri: str, app_url: str) -> bool:
        """Say whether the URI is a listed redirect, its host being wherever the app runs now."""
        return uri in {app_url.rstrip("/") + path for path in self.redirect_paths}


METAFIELD_OWNERS = {"product": "PRODUCT", "variant": "PRODUCTVARIANT", "order": "ORDER", "customer": "CUSTOMER"}


def read_app_file(folder: Path) -> AppFile:
    """Return the configuration in `folder`/shopify.app.toml.

    Raises FileNotFoundError, tomllib.TOMLDecodeError or KeyError when it is absent or lacks what a deploy needs.
    """
    raw = tomllib.loads((folder / "shopify.app.toml").read_text("utf-8"))
    access = raw["access_scopes"]
    return AppFile(
        name=raw["name"],
        handle=raw.get("handle") or raw["name"].lower(),
        scopes=_names(access["scopes"].split(",")),
        optional_scopes=_names(access.get("optional_scopes", [])),
        redirect_paths=tuple(urlsplit(url).path for url in raw["auth"]["redirect_urls"]),
        metafields=tuple(
            (owner, key, definition)
            for table, owner in METAFIELD_OWNERS.items()
            for key, definition in raw.get(table, {}).get("metafields", {}).get("app", {}).items()
        ),
        metaobjects=tuple(raw.get("metaobjects", {}).get("app", {}).items()),
    )


def _names(scopes: list[str]) -> tuple[str, ...]:
    return tuple(scope.strip() for scope in scopes if scope.strip())
