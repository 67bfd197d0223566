"""Render the app's theme blocks as a theme would: file, schema defaults, snippets, translations."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devstore.storefront.liquid_env import theme_environment

SCHEMA = re.compile(r"\{%-?\s*schema\s*-?%\}(.*?)\{%-?\s*endschema\s*-?%\}", re.DOTALL)


class BlockBroken(ValueError):
    """The block's file has no readable schema."""


@dataclass(frozen=True)
class Block:
    """A block file, taken apart."""

    name: str
    source: str
    schema: dict[str, Any]

    @property
    def stylesheet(self) -> str | None:
        """The asset Shopify would link in the page's head."""
        return self.schema.get("stylesheet")

    def settings(self, chosen: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the merchant's settings: the schema's defaults under what was chosen."""
        defaults = {one["id"]: one.get("default") for one in self.schema.get("settings", []) if "id" in one}
        return {**defaults, **(chosen or {})}


def read_block(extension: Path, name: str) -> Block:
    """Return a block of the extension by its file's name. Raises FileNotFoundError or BlockBroken."""
    text = (extension / "blocks" / f"{name}.liquid").read_text("utf-8")
    found = SCHEMA.search(text)
    if found is None:
        raise BlockBroken(f"{name}.liquid has no schema.")
    try:
        schema = json.loads(found[1])
    except json.JSONDecodeError as fault:
        raise BlockBroken(f"{name}.liquid: its schema is no JSON, {fault}.") from fault
    return Block(name, SCHEMA.sub("", text), schema)


def read_translations(extension: Path, locale: str) -> tuple[str, dict[str, Any]]:
    """Return the locale used and its storefront strings: the exact one, its language, else the default's."""
    folder = extension / "locales"
    for wanted in (locale, locale.partition("-")[0]):
        for file in (folder / f"{wanted}.json", folder / f"{wanted}.default.json"):
            if file.is_file():
                return wanted, json.loads(file.read_text("utf-8"))
    default = next(file for file in folder.glob("*.default.json"))
    return default.name.removesuffix(".default.json"), json.loads(default.read_text("utf-8"))


def render_block(
    extension: Path, name: str, scope: dict[str, Any], *, locale: str = "en", chosen: dict[str, Any] | None = None
) -> str:
    """Return a block's HTML in its ``<div class="shopify-block">``, as the theme gets it.

    `scope` holds the global objects (shop, product, …); `chosen` is what the merchant set in the editor.
    Raises BlockBroken, or liquid's errors for Liquid that does not parse.
    """
    block = read_block(extension, name)
    known, translations = read_translations(extension, locale)
    html = (
        theme_environment(extension)
        .from_string(block.source)
        .render(
            **scope,
            locale=known,
            translations=translations,
            block={
                "id": name,
                "settings": block.settings(chosen),
                "shopify_attributes": f'data-shopify-editor-block="{name}"',
            },
        )
    )
    tag = block.schema.get("tag", "div")
    return f'<{tag} id="shopify-block-{name}" class="shopify-block">{html}</{tag}>' if html.strip() else ""
