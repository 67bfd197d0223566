"""Write rows anew that nobody may change: for tests that want a past there was not."""

from sqlalchemy import text

from app.kit.db import Base


def rewrite(session, name, values, where="true", **bound):
    """Replace rows of a table, `values` being SQL by column; all else of them stays, their ids too."""
    columns = [f'"{column.name}"' for column in Base.metadata.tables[name].c]
    put = ", ".join(values.get(column.strip('"'), column) for column in columns)
    session.execute(
        text(
            f'with old as (delete from "{name}" where {where} returning *)'
            f' insert into "{name}" ({", ".join(columns)}) overriding system value select {put} from old'
        ),
        bound,
    )
