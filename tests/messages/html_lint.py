"""Read a mail's HTML the way a checker would: links, pictures, tables, buttons, and the contrast of every word."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"img", "br", "hr", "meta", "link", "input", "col", "wbr"}
COLOR = re.compile(r"(?<![\w-])color:\s*(#[0-9a-f]{6})", re.IGNORECASE)
BACKGROUND = re.compile(r"background(?:-color)?:\s*(#[0-9a-f]{6})", re.IGNORECASE)
SIZE = re.compile(r"font-size:\s*(\d+)px")


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG's ratio, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class Mail(HTMLParser):
    """Collect what the checks ask about."""

    def __init__(self, html):
        super().__init__()
        self.links, self.pictures, self.tables, self.buttons, self.words = [], [], [], 0, []
        self.lang = None
        self.stack = [{"tag": "", "color": "#000000", "background": "#ffffff", "size": 16, "hidden": False}]
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        style = values.get("style") or ""
        above = self.stack[-1]
        here = dict(above, tag=tag)
        for name, pattern in (("color", COLOR), ("background", BACKGROUND), ("size", SIZE)):
            found = pattern.search(style)
            if found:
                here[name] = int(found[1]) if name == "size" else found[1]
        here["hidden"] = above["hidden"] or "display:none" in style.replace(" ", "") or tag in {"style", "title"}
        if tag == "html":
            self.lang = values.get("lang")
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "img":
            self.pictures.append(values)
        if tag == "table":
            self.tables.append(values)
        if "button" in (values.get("class") or "").split():
            self.buttons += 1
        if tag not in VOID:
            self.stack.append(here)

    def handle_endtag(self, tag):
        while len(self.stack) > 1 and self.stack.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not self.stack[-1]["hidden"]:
            self.words.append((data.strip(), self.stack[-1]))
