"""Ask the same questions again and again without making them anew: compiled once, several in one trip, plain rows.

Making a statement, finding it among those compiled before and loading tracked objects takes far longer than asking, and
a decision looks at some twenty tables. Only for reading: what comes back is no object of the session's.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, ColumnElement, Select, Table, Text, any_, bindparam
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import ReturningUpdate

from app.kit.db import EnumText
from app.kit.rows.insert_rows import array_text
from app.kit.rows.one_trip import Asked, PlannedOnce, one_trip
from app.kit.work import entered_shop

DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]

Keys = Mapping[str, Any]  # by the name of a place: a list of keys, or one value

SHOP: BindParameter[int] = bindparam("shop", type_=BigInteger)  # the entered shop, put in by `ask`


def one_of(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that `column` is one of the keys that will be asked for by `name`."""
    return column == any_(bindparam(name, type_=ARRAY(Text() if isinstance(column.type, EnumText) else column.type)))


QUESTIONS: list[Question] = []  # all there are; each is made once a process


class Question:
    """Hold one select with its places, compiled when it is first asked.

    What comes back has its columns as attributes and is nothing but them: where it is asked for a whole table, still no
    object of the session, and no change to it is ever written.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | ReturningUpdate[*tuple[Any, ...]]) -> None:
        """Take the select, or an update that returns; its places are `SHOP`, what `one_of` names, and single values."""
        self.statement = statement
        QUESTIONS.append(self)

    def make_ready(self) -> None:
        """Compile it before it is asked: a process that forks for every job would else do so in each."""
        _ = self._compiled, self._made

    def asked(self, shop_id: int, keys: Keys) -> Asked:
        """Return the question for `one_trip`."""
        text, fixed = self._compiled
        values = {name: array_text(each) if isinstance(each, list) else each for name, each in keys.items()}
        return text, {**fixed, "shop": shop_id, **values}

    def rows(self, answer: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Return what came back as rows."""
        make, kinds = self._made
        if kinds:
            answer = [tuple(_as(kinds.get(at), value) for at, value in enumerate(each)) for each in answer]
        return [make(each) for each in answer]

    @cached_property
    def _compiled(self) -> tuple[str, Mapping[str, Any]]:
        """Return the text and the words that always stand in it."""
        compiled = self.statement.compile(dialect=DIALECT)
        text = PlannedOnce(compiled) if self._is_by_key else str(compiled)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return text, {name: str(each) if isinstance(each, str) else each for name, each in fixed.items()}

    @property
    def _is_by_key(self) -> bool:
        """Say whether one table is read: then there is one way to find what is asked for, whoever's it is.

        Where tables are joined it depends on how much the shop has of each, and a plan for any shop knows only what
        shops have on average: a large one's rows would be read from end to end.
        """
        statement: Any = self.statement
        froms = statement.get_final_froms() if isinstance(statement, Select) else ()
        return len(froms) == 1 and isinstance(froms[0], Table)

    @cached_property
    def _made(self) -> tuple[Callable[[Sequence[Any]], Any], dict[int, Callable[[Any], Any]]]:
        found: Any = self.statement
        columns = found.selected_columns if isinstance(found, Select) else found.exported_columns
        kinds: dict[int, Callable[[Any], Any]] = {
            at: each.type.kind for at, each in enumerate(columns) if isinstance(each.type, EnumText)
        }
        names: Any = [str(each.key) for each in columns]
        named: Any = namedtuple("named", names)  # type: ignore[misc] # noqa: PYI024 - its names are the select's
        return named._make, kinds


Keyed = tuple[Question, Keys]


def ask(session: Session, *asked: Keyed) -> list[list[Any]]:
    """Return the rows of each question, all asked in one trip; nobody is asked about no keys at all."""
    shop_id = entered_shop(session)
    sent = [question.asked(shop_id, keys) for question, keys in asked if _is_about_somebody(keys)]
    if len(sent) == 1:  # saying how it is to be planned would take longer than planning it
        sent = [(str(sent[0][0]), sent[0][1])]
    answers = iter(one_trip(session, sent) if sent else ())
    return [question.rows(next(answers)) if _is_about_somebody(keys) else [] for question, keys in asked]


def _is_about_somebody(keys: Keys) -> bool:
    return not any(each == [] for each in keys.values())


def _as(kind: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if kind is None or value is None else kind(value)
