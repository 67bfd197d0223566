"""Walk MJML piece by piece, within limits: the compiler behind it dies on deep nesting and reads files on request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SOURCE_MAX_BYTES = 200_000  # Gmail clips a mail at 102 KB; nobody writes twice that by hand
DEPTH_MAX = 100  # the compiler overflows its stack at some thousands

PIECE = re.compile(
    r"<!--.*?-->"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^'\">])*)>"
    r"|[^<]+"
    r"|<",
    re.DOTALL,
)
VOID = frozenset({"img", "br", "hr", "meta", "link", "input", "col", "wbr", "area", "base", "source"})
REFUSED = frozenset({"mj-include", "mj-html-attributes", "script", "iframe", "object", "embed", "form"})


class CompileError(ValueError):
    """Say what is wrong with a template's source, and near which words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold one tag, comment or stretch of text, and the names of the elements around it, the nearest last."""

    source: str
    kind: str  # "tag" | "comment" | "text"
    around: tuple[str, ...]


def pieces(mjml: str) -> Iterator[Piece]:
    """Yield the source piece by piece; joined, they are the source.

    Raise CompileError when it is over 200 KB, nested deeper than 100, not closed in order, or names a refused element.
    """
    if len(mjml.encode()) > SOURCE_MAX_BYTES:
        raise CompileError(f"The template is larger than {SOURCE_MAX_BYTES // 1000} KB.")
    around: list[str] = []
    for found in PIECE.finditer(mjml):
        source, name = found[0], (found["name"] or "").lower()
        if source.startswith("<!--"):
            yield Piece(source, "comment", tuple(around))
        elif not name:
            yield Piece(source, "text", tuple(around))
        elif name in REFUSED:
            raise CompileError(f"<{name}> cannot be used in a mail.")
        elif found["close"]:
            _close(name, around)
            yield Piece(source, "tag", tuple(around))
        else:
            yield Piece(source, "tag", tuple(around))
            if name not in VOID and not found["rest"].rstrip().endswith("/"):
                _open(name, around)
    if around:
        raise CompileError(f"<{around[-1]}> is never closed.")


def _open(name: str, around: list[str]) -> None:
    around.append(name)
    if len(around) > DEPTH_MAX:
        raise CompileError(f"Elements are nested deeper than {DEPTH_MAX}.")


def _close(name: str, around: list[str]) -> None:
    if not around or around[-1] != name:
        raise CompileError(f"</{name}> closes <{around[-1] if around else 'nothing'}>.")
    around.pop()
