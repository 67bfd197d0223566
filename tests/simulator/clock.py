"""Put a virtual clock in the place of the machine's and of PostgreSQL's, from outside: the app knows nothing of it."""

from datetime import datetime

import psycopg
from psycopg import sql


def simulated_clock(url):
    """Make a database answer now() from a table: a schema searched before PostgreSQL's own. `url` is a superuser's."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(
            """
            create schema simulated;
            create table simulated.clock (at timestamptz not null);
            insert into simulated.clock values (now());
            create function simulated.now() returns timestamptz language sql stable as 'select at from simulated.clock';
            create function simulated.clock_timestamp() returns timestamptz language sql stable
                as 'select at from simulated.clock';
            grant usage on schema simulated to public;
            grant select on simulated.clock to public;
            """
        )
        connection.execute(
            sql.SQL("alter database {} set search_path = public, simulated, pg_catalog").format(sql.Identifier(name))
        )


def machine_clock(hub):
    """Return what stands for the class `datetime` in app/kit/clock.py, the one place that asks it for the time."""

    class MachineClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return hub.machine_now().astimezone(tz)

    return MachineClock
