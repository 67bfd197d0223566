"""Ask once in a unit of work what several of its verbs want to know and nobody changes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from sqlalchemy.orm import Session

Answer = TypeVar("Answer")


def once(session: Session, what: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` answered when the session first wanted to know `what`, a key that names it among all."""
    known: dict[Hashable, object] = session.info.setdefault("once", {})
    if what not in known:
        known[what] = ask()
    return cast("Answer", known[what])


def forget(session: Session, what: Hashable) -> None:
    """Have it asked again: it has changed."""
    session.info.get("once", {}).pop(what, None)
