"""The checker stands outside: it knows nothing of the app's code."""

import ast
from pathlib import Path

HERE = Path(__file__).parent


def imported(path):
    """Return the names of the modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def test_the_checker_imports_nothing_of_the_app():
    theirs = {name for path in HERE.glob("*.py") for name in imported(path)}
    assert "tests.checker.evidence" in theirs
    assert {name for name in theirs if name.split(".")[0] in {"app", "devstore", "serve"}} == set()
    assert {name for name in theirs if name.startswith("tests.") and not name.startswith("tests.checker")} == set()
