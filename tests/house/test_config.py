"""Every variable of the app is in the README, and the README names no other."""

import ast
import re

from tests.house.places import text

# What bin/run reads besides the app's.
OTHERS = {"PORT", "DEVSTORE_PORT", "DEVSTORE_DATABASE_URL"}


def variables():
    """Return the names app/config.py reads from the environment: every upper-case string constant in it."""
    tree = ast.parse(text("app/config.py"))
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {one for one in strings if re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|ENV", one)}


def test_every_variable_is_in_the_readme():
    readme = text("README.md")
    assert variables()
    assert [name for name in sorted(variables()) if f"`{name}`" not in readme] == []


def test_the_readmes_table_names_no_variable_that_nobody_reads():
    rows = re.findall(r"^\|\s*`([A-Z][A-Z0-9_]+)`", text("README.md"), re.MULTILINE)
    known = variables() | OTHERS
    assert [name for name in rows if name not in known] == []
