"""Look at <s-*> elements through Shopify's published list of Polaris web components.

`faults(html)` for a rendered page, `template_faults(source)` for a Jinja template as it stands; both return
sentences, none when only known tags, attributes, values and slots are used. Needs the mark `oracle`.
"""

import json
import re
from functools import cache
from html.parser import HTMLParser

from tests.oracles import node

MANIFEST = node.MODULES / "@shopify" / "polaris-types" / "dist" / "custom-elements.json"

# App Bridge's own elements; its types are published apart and have no list of attributes.
APP_BRIDGE = frozenset({"s-app-nav", "s-app-window"})

# Attributes any element may carry. The prefixes are htmx's, ARIA's, event handlers' and the page's own data.
GLOBAL = frozenset(["id", "slot", "class", "hidden", "lang", "dir", "title", "role", "tabindex", "name", "autofocus"])
PREFIXES = ("data-", "aria-", "hx-")

# Where Jinja fills in a value nobody can judge, and where one of its tags stood.
UNKNOWN, TAG = "\N{REPLACEMENT CHARACTER}", "\N{OBJECT REPLACEMENT CHARACTER}"
JINJA = ((re.compile(r"{#.*?#}", re.DOTALL), ""), (re.compile(r"{{.*?}}", re.DOTALL), UNKNOWN),
         (re.compile(r"{%.*?%}", re.DOTALL), TAG))  # fmt: skip
VALUE_WITH_TAG = re.compile(f'="[^"]*{TAG}[^"]*"')

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@cache
def manifest():
    """Return each tag's declaration."""
    modules = json.loads(MANIFEST.read_text())["modules"]
    return {one["tagName"]: one for module in modules for one in module.get("declarations", []) if one.get("tagName")}


@cache
def attributes(tag):
    """Return the tag's attributes with the values each may take; None stands for any value."""
    return {one["name"].lower(): options(one) for one in manifest()[tag].get("attributes", [])}


def options(attribute):
    """Return the closed list of values of one attribute, or None when its type is open."""
    text = (attribute.get("type") or {}).get("text", "")
    if not re.fullmatch(r'\s*"[^"]*"(\s*\|\s*"[^"]*")*\s*', text):
        return None
    return frozenset(re.findall(r'"([^"]*)"', text))


def slots(tag):
    """Return the names of the tag's slots."""
    return {slot["name"] for slot in manifest()[tag].get("slots", [])}


class Reader(HTMLParser):
    """Collect what no manifest knows."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.look(tag, dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.look(tag, dict(attrs))
        if tag.startswith("s-"):
            self.say(f"<{tag}/> does not close itself in HTML")

    def handle_endtag(self, tag):
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def look(self, tag, given):
        slot, parent = given.get("slot"), self.open[-1] if self.open else ""
        if slot and UNKNOWN not in slot and parent in manifest() and slot not in slots(parent):
            self.say(f"<{parent}> has no slot {slot!r}")
        if not tag.startswith("s-") or tag in APP_BRIDGE:
            return
        if tag not in manifest():
            self.say(f"<{tag}> does not exist")
            return
        for name, value in given.items():
            if name in GLOBAL or name.startswith(PREFIXES) or UNKNOWN in name:
                continue
            if name not in attributes(tag):
                self.say(f"<{tag}> has no attribute {name}")
            elif value and UNKNOWN not in value and attributes(tag)[name] and value not in attributes(tag)[name]:
                self.say(f"<{tag} {name}> is never {value!r}")

    def say(self, sentence):
        line, column = self.getpos()
        self.found.append(f"{line}:{column + 1} {sentence}")


def faults(html):
    """Return what a page uses that Polaris does not have, each with line and column."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def template_faults(source):
    """Return the same for a Jinja template, its tags blanked line for line."""
    for pattern, fill in JINJA:
        source = pattern.sub(lambda match, fill=fill: fill + "\n" * match[0].count("\n"), source)
    source = VALUE_WITH_TAG.sub(lambda match: f'="{UNKNOWN}' + "\n" * match[0].count("\n") + '"', source)
    return faults(source.replace(TAG, " "))
