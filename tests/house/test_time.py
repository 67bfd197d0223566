"""Where time comes from: app/kit/clock.py and the database's now(), so that both can be simulated."""

import ast
import re

from tests.house.places import files, text

CLOCK = "app/kit/clock.py"
ASKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
# What a schema before PostgreSQL's own cannot stand in for, and what no statement of ours needs.
UNSEEN = re.compile(
    r"\b(current_timestamp|current_time|current_date|localtimestamp|localtime|statement_timestamp|transaction_timestamp"
    r"|timeofday|pg_catalog\.now)\b",
    re.IGNORECASE,
)


def asks_for_the_time(name):
    """Return how a file asks a clock."""
    for node in ast.walk(ast.parse(text(name))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in ASKS:
                yield f"{owner}.{node.attr}"


def test_only_the_clock_asks_the_machine_for_the_time():
    asking = {name: list(asks_for_the_time(name)) for name in files(".py") if name.startswith("app/")}
    assert {name: how for name, how in asking.items() if how} == {CLOCK: ["datetime.now"]}


def test_sql_asks_for_the_time_in_ways_that_can_be_simulated():
    ours = [name for name in files(".py") if name.startswith(("app/", "migrations/"))]
    assert {name: UNSEEN.findall(text(name)) for name in ours if UNSEEN.search(text(name))} == {}
