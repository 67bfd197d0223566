"""Processes of an earlier release and of this one, on one database that this one migrated: a deploy under way."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.flows.models import FollowUp
from app.kit.clock import real_now
from app.messages.models import Message, MessageState
from tests.database import variables
from tests.journeys.bodies import order_body
from tests.journeys.conftest import SHOP, shop, sink
from tests.journeys.test_first_mile import know

__all__ = ["shop", "sink"]

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("old_worker.py")
MIGRATIONS_BACK = 3


def git(*words):
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def release_before():
    """The commit before the third migration from the last was added: what may still run when this is deployed."""
    assert git("rev-parse", "--is-shallow-repository").strip() == b"false", "git fetch --unshallow, then run this again"
    added = sorted((ROOT / "migrations" / "versions").glob("[0-9]*.py"))[-MIGRATIONS_BACK]
    found = git("log", "--diff-filter=A", "--format=%H", "-1", "--", str(added.relative_to(ROOT))).decode().strip()
    assert found, f"{added.name} is in no commit yet: commit it, then run this again"
    return f"{found}^"


@pytest.fixture(scope="session")
def old_tree(tmp_path_factory):
    tree = tmp_path_factory.mktemp("release")
    packed = git("archive", release_before(), "app", "migrations", "templates", "static", "wsgi.py", "pyproject.toml")
    subprocess.run(["tar", "-x", "-C", str(tree)], input=packed, check=True)
    return tree


@pytest.fixture
def old(old_tree, wired, sink):
    """Have a process of the earlier release do something."""
    told = variables(wired.config, SMTP_URL=f"smtp://127.0.0.1:{sink.port}", SHOP=SHOP, PATH="/usr/bin:/bin")

    def run(*words):
        done = subprocess.run(
            [sys.executable, str(WORKER), *words], cwd=old_tree, env=told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run


def bought(shop, n):
    """An order both releases know, nothing planned of it yet; returns what the webhook about its payment says."""
    now = real_now()
    body = order_body(now) | {"id": 5_000 + n, "admin_graphql_api_id": f"gid://shopify/Order/{5_000 + n}"}
    body |= {"name": f"#{1400 + n}", "email": f"ana{n}@example.com", "contact_email": f"ana{n}@example.com"}
    for line in body["line_items"]:
        line["id"] += 1_000 * n
        line["admin_graphql_api_id"] = f"gid://shopify/LineItem/{line['id']}"
    know(shop, body)
    return body | {"updated_at": (now + timedelta(seconds=1)).isoformat()}


def test_the_tree_is_an_earlier_release(old_tree):
    theirs, ours = (
        {each.name for each in (tree / "migrations/versions").glob("[0-9]*.py")} for tree in (old_tree, ROOT)
    )
    assert len(theirs) > 30
    assert theirs < ours


def test_what_one_release_begins_the_other_ends(shop, old, tmp_path):
    first, second, third = (bought(shop, n) for n in range(3))
    shop.start_flows()
    assert shop.webhook("orders/paid", first).status_code == 200  # received by the new, done by the old
    told = tmp_path / "second.json"
    told.write_text(json.dumps(second))
    old("apply", "drain", f"receive={told}", "apply")
    assert len(shop.sink.delivered) == 1
    shop.drain()  # planned by the old, sent by the new
    assert len(shop.sink.delivered) == 2
    shop.webhook("orders/paid", third)
    assert shop.apply() == 1
    old("drain")  # planned by the new, sent by the old
    shop.drain()
    assert len(shop.sink.delivered) == 3
    assert set(shop.rows(select(Message.state))) == {(MessageState.ACCEPTED,)}
    rows = shop.rows(select(FollowUp.step, FollowUp.outcome))
    assert [tuple(row) for row in rows] == [("thank_you", "handed_over")] * 3
