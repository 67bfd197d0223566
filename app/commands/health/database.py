"""Ask whether the database answers, at the version this program is written for, and by a clock that agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import create_engine, text

from app.commands.health.finding import Finding, ago, well, wrong
from app.config import ROOT
from app.kit.clock import ASKEW, offset, real_now
from app.kit.engines import CONNECT_WAIT_S
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work

ABOUT = "database"


def check(runtime: Runtime) -> Iterator[Finding]:
    """Tell whether it is there and migrated. Raises SQLAlchemyError where it does not answer."""
    here, head = _stands_at(runtime.config.database_url), _head()
    if here is None:
        yield wrong(ABOUT, "answers and holds no tables of ours", "Run `flask --app wsgi migrate`.")
    elif here == head:
        yield well(ABOUT, f"answers, at migration {here}")
    else:
        yield wrong(ABOUT, f"stands at migration {here}, the program at {head}", "Run `flask --app wsgi migrate`.")


def check_clock(runtime: Runtime) -> Iterator[Finding]:
    """Tell whether the machine's clock agrees with the database's, and whether business time was moved."""
    with unit_of_work(runtime) as session:
        off = real_now() - session.scalars(text("select clock_timestamp()")).one()
        moved = offset(session)
    if abs(off) > ASKEW:
        words = f"this machine is {ago(abs(off))} {'ahead of' if off > timedelta() else 'behind'} the database"
        yield wrong("clock", words, "Set both by NTP; dates in mails go by this machine.")
    else:
        yield well("clock", f"this machine and the database differ by {abs(off).total_seconds():.1f} s")
    if moved and runtime.config.gateway_url is None:
        words = f"business time is {ago(abs(moved))} {'ahead of' if moved > timedelta() else 'behind'} real time"
        yield wrong("clock", words, "Only a dev store moves it. Put `clock_offset.offset_s` back to 0.")


def _stands_at(database_url: str) -> str | None:
    """Return the migration it stands at, as the owner: the roles the program works as do not read it."""
    engine = create_engine(database_url, connect_args={"connect_timeout": CONNECT_WAIT_S}, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if connection.scalar(text("select to_regclass('alembic_version')")) is None:
                return None
            version: str | None = connection.scalar(text("select version_num from alembic_version"))
            return version
    finally:
        engine.dispose()


def _head() -> str | None:
    # Here, not above: every process imports this module and only this command needs Alembic.
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = AlembicConfig(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()
