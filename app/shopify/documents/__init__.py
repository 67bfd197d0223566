"""GraphQL documents for the Admin API 2026-10: one operation a file, fragments shared, read once a process."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent

SPREAD = re.compile(r"\.\.\.(?!\s*on\b)\s*(\w+)")
NAME = re.compile(r"[a-z][a-z_]*")


class UnknownDocument(LookupError):
    """Say that no file of that name is in this folder."""


@cache
def text(name: str) -> str:
    """Return the operation in `<name>.graphql` with every fragment it uses; raise UnknownDocument for other names."""
    known = _read(FOLDER / f"{name}.graphql", name)
    parts, seen, open_ends = [known], set[str](), SPREAD.findall(known)
    while open_ends:
        fragment = open_ends.pop()
        if fragment in seen:
            continue
        seen.add(fragment)
        body = _read(FOLDER / "fragments" / f"{_file_name(fragment)}.graphql", _file_name(fragment))
        parts.append(body)
        open_ends += SPREAD.findall(body)
    return "\n".join(parts)


def names() -> list[str]:
    """Return the name of every operation, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.graphql"))


def _file_name(fragment: str) -> str:
    """Return `order_fields` for `OrderFields`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", fragment).lower()


def _read(path: Path, name: str) -> str:
    if not NAME.fullmatch(name) or not path.is_file():
        message = f"no GraphQL document is called {name!r}"
        raise UnknownDocument(message)
    return path.read_text()
