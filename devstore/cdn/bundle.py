"""Put the stand-ins together from their files; what comes from npm is read from ``node_modules``."""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

# Later files use what earlier ones define.
SCRIPTS = [
    "define",
    "sheet",
    "icons",
    "layout",
    "text",
    "page",
    "button",
    "feedback",
    "media",
    "field",
    "select",
    "choice",
    "table",
    "overlay",
]
STYLES = [
    "base",
    "layout",
    "text",
    "page",
    "button",
    "feedback",
    "media",
    "field",
    "choice",
    "table",
    "overlay",
]
BRIDGE = [
    "talk",
    "calls",
    "toasts",
    "savebar",
    "navigation",
    "tokens",
    "start",
]

FONT_PACKAGE = "@fontsource-variable/inter"
FONT_FILES = {"latin": "inter-latin-wght-normal", "latin-ext": "inter-latin-ext-wght-normal"}
TOKENS = "@shopify/polaris-tokens/dist/css/styles.css"
ICONS = "@shopify/polaris-icons/dist/svg"


class FrontEndMissing(RuntimeError):
    """The npm packages are not installed; the message says what to run."""


def polaris_script(modules: Path) -> str:
    """Return the custom elements with the icons they draw, as one plain script.

    Raises FrontEndMissing when the icon package is not in `modules`.
    """
    icons = f"const ICONS = {json.dumps(read_icons(modules), separators=(',', ':'))};"
    return _wrap("use of Polaris tags", [icons, *_sources("polaris", SCRIPTS, "js")])


def polaris_styles(modules: Path) -> str:
    """Return tokens, font and the elements' style as one sheet.

    The Latin font travels inside, so that no text is laid out twice. Raises FrontEndMissing.
    """
    tokens = _packaged(modules, TOKENS).read_text("utf-8")
    return "\n".join([tokens, font_faces(modules), *_sources("polaris", STYLES, "css")])


def bridge_script() -> str:
    """Return the App Bridge stand-in as one plain script."""
    return _wrap("window.shopify", _sources("app_bridge", BRIDGE, "js"))


def font_file(modules: Path, subset: str) -> Path:
    """Return the woff2 file of a subset (`latin`, `latin-ext`).

    Raises KeyError for another subset, FrontEndMissing without the package.
    """
    return _packaged(modules, f"{FONT_PACKAGE}/files/{FONT_FILES[subset]}.woff2")


def font_faces(modules: Path) -> str:
    """Return the @font-face rules of Inter, taking the ranges from the package's own sheet."""
    sheet = _packaged(modules, f"{FONT_PACKAGE}/wght.css").read_text("utf-8")
    faces = []
    for subset, name in FONT_FILES.items():
        found = re.search(re.escape(name) + r"\.woff2\).*?unicode-range:\s*([^;]+);", sheet, re.DOTALL)
        if found is None:
            raise FrontEndMissing(f"{FONT_PACKAGE} no longer lists {name}: pin its version again.")
        source = f'url("/cdn/inter-{subset}.woff2")'
        if subset == "latin":
            data = base64.b64encode(font_file(modules, subset).read_bytes()).decode()
            source = f'url("data:font/woff2;base64,{data}")'
        faces.append(
            f'@font-face {{ font-family: "Inter"; font-style: normal; font-weight: 100 900; font-display: swap; '
            f'src: {source} format("woff2"); unicode-range: {found[1].strip()}; }}'
        )
    return "\n".join(faces)


@cache
def read_icons(modules: Path) -> dict[str, str]:
    """Return the inside of every icon by its Polaris name: ``CartFilledIcon.svg`` is ``cart-filled``."""
    folder = _packaged(modules, ICONS)
    icons = {}
    for file in sorted(folder.glob("*Icon.svg")):
        inner = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", file.read_text("utf-8").strip())
        icons[_kebab(file.stem.removesuffix("Icon"))] = inner
    return icons


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _packaged(modules: Path, path: str) -> Path:
    place = modules / path
    if not place.exists():
        raise FrontEndMissing(f"{path} is not installed: run `npm ci` in {modules.parent}.")
    return place


def _sources(folder: str, names: list[str], suffix: str) -> list[str]:
    return [(HERE / folder / f"{name}.{suffix}").read_text("utf-8") for name in names]


def _wrap(guard: str, parts: list[str]) -> str:
    body = "\n".join(parts)
    return f'(() => {{\n"use strict";\n/* {guard} */\n{body}\n}})();\n'
