"""What Shopify sends, someone handles; what is queued, a worker takes."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest
from rq.utils import import_attribute

from app import wiring
from app.kit import queue
from serve import parts
from serve.environment import Ports
from tests.house.places import text

SUBSCRIPTION = re.compile(r"((?:^[ \t]*#.*\n)*)^[ \t]*\[\[webhooks\.subscriptions\]\]$", re.MULTILINE)
HANDLED_BY = re.compile(r"#\s*Handled by: (.+)")


def subscriptions():
    """Return (topics, handlers named in the comment above) of each subscription, in the file's order."""
    source = text("shopify.app.toml")
    comments = SUBSCRIPTION.findall(source)
    tables = tomllib.loads(source)["webhooks"]["subscriptions"]
    assert len(comments) == len(tables)
    for comment, table in zip(comments, tables, strict=True):
        named = HANDLED_BY.search(comment)
        handlers = re.split(r",\s*", named[1].strip()) if named else []
        yield table.get("topics", []) + table.get("compliance_topics", []), handlers


EACH = [(topic, handlers) for topics, handlers in subscriptions() for topic in topics]


def full_name(function):
    return f"{function.__module__}.{function.__qualname__}"


@pytest.mark.parametrize(("topic", "handlers"), EACH, ids=[topic for topic, _ in EACH])
def test_a_subscribed_topic_is_handled_by_what_the_comment_above_it_says(topic, handlers):
    assert [full_name(handler) for handler in wiring.TOPICS.get(topic, ())] == handlers
    assert handlers
    for name in handlers:
        module, _, function = name.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))


def test_nothing_is_handled_that_is_not_subscribed_to():
    assert set(wiring.TOPICS) <= {topic for topic, _ in EACH}


def test_the_one_job_behind_every_ring_exists():
    assert callable(import_attribute(queue.LOOK))


@pytest.mark.parametrize("doer", [*(one.doer for one in wiring.WORK), *(one.doer for one in wiring.PERIODIC.values())])
def test_what_does_a_kind_of_work_exists(doer):
    assert callable(import_attribute(doer))


def test_every_queue_has_work_and_every_kind_of_work_a_queue():
    assert {work.queue for work in wiring.WORK} == set(queue.QUEUES)


def test_the_supervisor_starts_a_worker_for_every_queue():
    ports = Ports(1, 2, 3)
    started = parts.of_app(Path("python"), {}, Path(), Path(), ports)
    workers = [part.command[-1] for part in started if part.command[-2:-1] == ["worker"]]
    assert sorted(workers) == sorted(queue.QUEUES)
