"""Swap Liquid for opaque tokens, so that MJML compiles and styles are inlined once for all recipients, and back.

A structural tag (`{% if %}`, `{% for %}`) becomes an HTML comment, since comments are the one thing that inlining
leaves where they stand, even between table rows; between MJML elements the comment is wrapped in mj-raw. A value
becomes plain text. Both keep their number, so a token lost, doubled or moved is seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.messages.mail.liquid import TAGS
from app.messages.mail.markup import CompileError, Piece, pieces

LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG_NAME = re.compile(r"\{%-?\s*(#|\w+)")
BLOCK_PARTS = frozenset({"elsif", "else", "endif", "endunless", "endfor", "when", "endcase", "endcapture"})
MARK = re.compile("\ue000(\\d+)\ue001")  # private-use characters stand for Liquid while markup is read
TOKEN = re.compile(r"<!--wt(\d{4})-->|wt(\d{4})v")
LOOKS_LIKE_TOKEN = re.compile(r"wt\d{4}|[\ue000\ue001]")
TOKENS_MAX = 2_000

# MJML elements whose content is HTML; inside all others only MJML elements may stand.
HTML_INSIDE = frozenset({"mj-text", "mj-button", "mj-table", "mj-raw", "mj-title", "mj-preview", "mj-navbar-link"})
NO_BRANCHES = frozenset({"mj-title", "mj-preview", "mj-style", "style"})  # repeated or read as CSS by the compiler


@dataclass(frozen=True, slots=True)
class Swapped:
    """Hold tokenised MJML and what each token stands for.

    `places[n]` is where token n stands; the attributes of one element share a place, since their order is nobody's.
    """

    mjml: str
    tags: list[str]
    places: list[int]


def swap_out(mjml: str) -> Swapped:
    """Return `mjml` with every Liquid tag replaced by a token.

    Raise CompileError for a tag mails do not know, or one standing where its token could not survive.
    """
    if LOOKS_LIKE_TOKEN.search(mjml):
        raise CompileError("The template contains characters that are reserved while it is compiled.")
    tags: list[str] = []

    def keep(found: re.Match[str]) -> str:
        tags.append(found[0])
        return f"\ue000{len(tags) - 1}\ue001"

    marked = LIQUID.sub(keep, mjml)
    if len(tags) > TOKENS_MAX:
        raise CompileError(f"The template has more than {TOKENS_MAX} Liquid tags.")
    for tag in tags:
        _known(tag)
    places = list(range(len(tags)))
    parts = []
    for piece in pieces(marked):
        parts.append(_tokenised(piece, tags))
        if piece.kind == "tag":
            here = [int(number) for number in MARK.findall(piece.source)]
            for number in here:
                places[number] = here[0]
    return Swapped("".join(parts), tags, places)


def swap_in(html: str, swapped: Swapped) -> str:
    """Return compiled `html` with its Liquid back. Raise CompileError when a token was lost, doubled or moved."""
    tags, places = swapped.tags, swapped.places
    seen: dict[int, None] = {}
    for found in TOKEN.finditer(html):
        number = int(found[1] or found[2])
        if found[1] and number in seen:  # a value may be repeated, as the title is; a branch may not
            raise CompileError(f"{tags[number]} was doubled while the template was compiled.")
        seen[number] = None
    order = [places[number] for number in seen]
    for number, tag in enumerate(tags):
        if number not in seen:
            raise CompileError(f"{tag} was lost while the template was compiled.")
    for number, place, before in zip(seen, order, [-1, *order], strict=False):
        if place < before:
            raise CompileError(f"{tags[number]} was moved while the template was compiled.")
    return TOKEN.sub(lambda found: tags[int(found[1] or found[2])], html)


def _known(tag: str) -> None:
    if tag.startswith("{%"):
        name = TAG_NAME.match(tag)
        if name is None or name[1] not in (TAGS | BLOCK_PARTS) - {"comment"}:
            raise CompileError(f"{tag} is not a tag mails know.")


def _tokenised(piece: Piece, tags: list[str]) -> str:
    if not MARK.search(piece.source):
        return piece.source
    if piece.kind == "comment":
        raise CompileError("A comment cannot contain Liquid: it would still run.")
    if piece.kind == "tag":
        return _in_attributes(piece.source, tags)
    parent = piece.around[-1] if piece.around else ""
    return MARK.sub(lambda found: _in_text(int(found[1]), parent, tags), piece.source)


def _in_attributes(source: str, tags: list[str]) -> str:
    outside = re.sub(r"\"[^\"]*\"|'[^']*'", "", source)
    stray = MARK.search(outside)
    if stray:
        raise CompileError(f"{tags[int(stray[1])]} stands inside an element but outside an attribute's value.")
    return MARK.sub(lambda found: f"wt{int(found[1]):04d}v", source)


def _in_text(number: int, parent: str, tags: list[str]) -> str:
    structural = tags[number].startswith("{%")
    mjml_only = (parent.startswith("mj-") or parent in {"mjml", ""}) and parent not in HTML_INSIDE
    if parent in NO_BRANCHES and (structural or parent in {"mj-style", "style"}):
        raise CompileError(f"{tags[number]} cannot stand in <{parent}>.")
    if not structural:
        if mjml_only:
            raise CompileError(f"{tags[number]} stands between elements: put it into mj-text.")
        return f"wt{number:04d}v"
    return f"<mj-raw><!--wt{number:04d}--></mj-raw>" if mjml_only else f"<!--wt{number:04d}-->"
