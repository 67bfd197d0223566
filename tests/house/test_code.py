"""How the code is allowed to work: where transactions end, who hears an event, how tables are joined."""

import ast

from app import wiring
from tests.house.places import files, text

# Where a transaction may end: the edge, and whatever the outbox does between its steps through that same edge.
MAY_COMMIT = {"app/kit/work.py", "app/shopify/webhooks/inbox.py"}  # the edge; and the one line that keeps a webhook


def calls(name, *names):
    """Return the calls in a file of functions or methods with these names."""
    tree = ast.parse(text(name))
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in names:
            yield node
        if isinstance(called, ast.Name) and called.id in names:
            yield node


def app_files():
    return [name for name in files(".py") if name.startswith("app/")]


def test_transactions_end_at_the_edge():
    assert {name for name in app_files() if any(calls(name, "commit", "rollback"))} <= MAY_COMMIT


def test_joins_are_written():
    assert [name for name in app_files() if any(calls(name, "relationship", "backref"))] == []


def test_whatever_is_emitted_is_heard():
    emitted = {
        argument.func.id
        for name in app_files()
        for call in calls(name, "emit")
        for argument in call.args
        if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Name)
    }
    heard = {kind.__name__ for kind, subscribers in wiring.SUBSCRIBERS.items() if subscribers}
    assert emitted
    assert emitted - heard == set()


def test_nothing_is_listened_for_that_nobody_says():
    said = {
        node.id for name in app_files() if name != "app/wiring.py" for node in ast.walk(ast.parse(text(name)))
        if isinstance(node, ast.Name)
    }  # fmt: skip
    assert {kind.__name__ for kind in wiring.SUBSCRIBERS} - said == set()


def test_every_blueprint_is_named_in_the_map():
    made = {
        name
        for name in app_files()
        if any(isinstance(call.func, ast.Name) and call.func.id == "Blueprint" for call in calls(name, "Blueprint"))
    }
    wired = {blueprint.import_name.replace(".", "/") + ".py" for blueprint in wiring.BLUEPRINTS}
    assert made - wired == set()
