"""Which scope writing a metafield takes: Shopify's schema leaves it to the owner, so no document shows it."""

import gzip
import json

import pytest

from devstore.platform.admin_api.owners import KINDS
from tests.house.places import files, text
from tests.oracles import node
from tests.oracles.app_toml import app_toml

pytestmark = pytest.mark.oracle

# By MetafieldOwnerType. None: the app may always write there. From the access notes of each object's own mutations.
OWNER_SCOPES = {
    "API_PERMISSION": None,
    "CUSTOMER": "write_customers",
    "ORDER": "write_orders",
    "PRODUCT": "write_products",
    "PRODUCTVARIANT": "write_products",
    "SHOP": None,
}

# The files that set metafields, each with the owners it writes to. A new file has to be entered here.
WRITERS = {"app/reviews/storefront/standard_stars.py": {"PRODUCT"}}

DOCUMENT = '"metafields_set"'


def writers():
    return {name for name in files(".py") if name.startswith("app/") and DOCUMENT in text(name)}


def test_every_file_that_writes_metafields_is_entered():
    assert writers() == set(WRITERS)


def test_what_they_write_to_is_within_the_scopes_asked_for():
    access = app_toml()["access_scopes"]
    asked = set(access["scopes"].split(",")) | set(access["optional_scopes"])
    needed = {OWNER_SCOPES[owner] for owners in WRITERS.values() for owner in owners} - {None}
    assert needed <= asked


def test_the_dev_store_demands_the_same():
    assert {kind.owner_type: kind.scope for kind in KINDS.values()} == OWNER_SCOPES


def test_every_owner_is_one_of_shopifys():
    data = json.loads(gzip.decompress((node.CACHE / "admin_2026-10.json.gz").read_bytes()))
    types = {kind["name"]: kind for kind in data["data"]["__schema"]["types"]}
    assert set(OWNER_SCOPES) <= {value["name"] for value in types["MetafieldOwnerType"]["enumValues"]}
