"""Compile a template's four sources once, at save or at process start: Liquid over MJML into parsed Liquid over HTML.

Order: Liquid out, MJML to HTML, styles inlined, Liquid back in, parsed, made into a function. What is checked here need
not be feared at send.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import NoReturn

import css_inline
import mjml as mrml
from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from app.messages.mail import context
from app.messages.mail.liquid import FILTERS, HTML, TEXT
from app.messages.mail.liquid_function import Render, to_function
from app.messages.mail.markup import CompileError
from app.messages.mail.tokens import swap_in, swap_out

HTML_MAX_BYTES = 60_000  # of the unfilled mail: Gmail clips at 102 KB, and forty lines of an order need room
OURS = frozenset({"subject", "preheader"})  # filled first, then handed to the HTML

AFTER_NAME = re.compile(r"(<[a-z][a-z0-9]*) ", re.IGNORECASE)
STYLE = re.compile(r"<style\b.*?</style>", re.IGNORECASE | re.DOTALL)
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
INDENTED = re.compile(r"\n[ \t]+")

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """Hold what is written: Liquid for the subject, the preheader and the text part, Liquid over MJML for the body."""

    subject: str
    preheader: str
    mjml: str
    text: str

    @property
    def version(self) -> str:
        """Return twelve characters that change with any change of the source."""
        joined = f"{self.subject}\0{self.preheader}\0{self.mjml}\0{self.text}"
        return hashlib.sha256(joined.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one part of a mail: how it is filled, and the parsed Liquid it was made from."""

    name: str
    render: Render
    walked: BoundTemplate


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """Hold the parts, ready to be filled. `required` are the paths without which the mail must not leave."""

    version: str
    subject: Part
    preheader: Part
    html: Part
    text: Part
    required: tuple[str, ...] = ()


def compile_template(source: TemplateSource, required: tuple[str, ...] = ()) -> CompiledTemplate:
    """Return the compiled template; raise CompileError saying what is wrong and where."""
    return CompiledTemplate(
        version=source.version,
        subject=_parse(TEXT, source.subject, "subject"),
        preheader=_parse(TEXT, source.preheader, "preheader"),
        html=_parse(HTML, to_html(source.mjml), "body"),
        text=_parse(TEXT, source.text, "text"),
        required=required,
    )


def to_html(source: str) -> str:
    """Return Liquid over flat HTML for Liquid over MJML. Nothing is read from disk or network for it."""
    swapped = swap_out(source)
    try:
        html = mrml.mjml2html(swapped.mjml, fonts={}, include_loader=_refuse_include)
    except ValueError as error:
        raise CompileError(f"The MJML cannot be read: {error}") from error
    flat = swap_in(_broken(_inliner.inline(html)), swapped)
    if len(flat.encode()) > HTML_MAX_BYTES:
        raise CompileError(f"The mail is larger than {HTML_MAX_BYTES // 1000} KB before anything is filled in.")
    return flat


def _broken(html: str) -> str:
    """Return the HTML as a mail can carry it unencoded: in ASCII, a line begun after each tag's name, none by blanks.

    What is changed is blanks to blanks, inside a tag at that, and how characters are spelled: nobody sees it. A style
    sheet spells them in its own way.
    """
    styled = STYLE.sub(lambda found: NOT_ASCII.sub(lambda one: f"\\{ord(one[0]):06x}", found[0]), html)
    spelled = styled.encode("ascii", "xmlcharrefreplace").decode()
    return AFTER_NAME.sub(r"\1\n", INDENTED.sub("\n", spelled))


def _refuse_include(path: str) -> NoReturn:
    raise ValueError("nothing is included from elsewhere")


def _parse(environment: Environment, source: str, part: str) -> Part:
    try:
        template = environment.from_string(source, name=part)
        used = template.analyze(include_partials=False)
    except LiquidError as error:
        raise CompileError(f"The {part} cannot be read: {error.message}") from error
    for name in used.filters:
        if name not in FILTERS | {"short"}:
            raise CompileError(f"The {part} uses the filter {name}, which mails do not know.")
    for variable in (each for uses in used.globals.values() for each in uses):
        known = context.knows(variable.segments) or (variable.segments[0] in OURS and len(variable.segments) == 1)
        if not known:
            raise CompileError(f"The {part} uses {variable}, which no mail has.")
    return Part(part, to_function(template), template)
