"""The dev store's schema lies inside Shopify's published one, and its tables of scopes and protected data agree."""

import gzip
import json
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_client_schema,
    build_schema,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    validate_schema,
)

from devstore.platform.admin_api.access import FIELDS, PROTECTED, TYPES
from devstore.platform.admin_api.schema import FILE, schema

PUBLISHED = Path(__file__).parents[2] / ".cache" / "oracles" / "admin_2026-10.json.gz"
# The app's own metaobjects take no scope, so metaobjects.py asks by type and the tables leave these out.
BY_TYPE = {
    "Metaobject",
    "MetaobjectDefinition",
    "metaobject",
    "metaobjectByHandle",
    "metaobjectDefinitionByType",
    "metaobjects",
    "metaobjectDefinitionCreate",
    "metaobjectDelete",
    "metaobjectUpsert",
}


@pytest.fixture(scope="module")
def published():
    return json.loads(gzip.decompress(PUBLISHED.read_bytes()))


@pytest.fixture(scope="module")
def theirs(published):
    return build_client_schema({"__schema": published["data"]["__schema"]}, assume_valid=True)


def differences(ours, theirs):
    """Return where `ours` claims something `theirs` does not have, or lets through what it requires."""
    found = []
    for name, mine in ours.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(mine):
            continue
        yours = theirs.type_map.get(name)
        if type(yours) is not type(mine):
            found.append(f"{name}: no such type")
        elif isinstance(mine, GraphQLEnumType):
            found += [f"{name}.{value}: no such value" for value in mine.values if value not in yours.values]
        elif isinstance(mine, GraphQLInputObjectType):
            found += inputs(name, mine.fields, yours.fields, is_required_input_field)
        elif isinstance(mine, GraphQLObjectType | GraphQLInterfaceType):
            found += fields(mine, yours)
    return found


def fields(mine, yours):
    found = [
        f"{mine.name}: does not implement {one.name}"
        for one in mine.interfaces
        if one.name not in {other.name for other in yours.interfaces}
    ]
    for name, one in mine.fields.items():
        other = yours.fields.get(name)
        if other is None:
            found.append(f"{mine.name}.{name}: no such field")
            continue
        if str(one.type) != str(other.type):
            found.append(f"{mine.name}.{name}: {one.type} should be {other.type}")
        found += inputs(f"{mine.name}.{name}", one.args, other.args, is_required_argument)
    return found


def inputs(where, mine, yours, required):
    found = [f"{where}: {name} is required" for name, one in yours.items() if required(one) and name not in mine]
    for name, one in mine.items():
        other = yours.get(name)
        if other is None:
            found.append(f"{where}({name}): no such argument")
        elif (str(one.type), one.default_value) != (str(other.type), other.default_value):
            found.append(f"{where}({name}): {one.type} = {one.default_value!r} should be {other.type}")
    return found


@pytest.mark.oracle
def test_the_schema_is_contained_in_shopifys(theirs):
    assert differences(build_schema(FILE.read_text()), theirs) == []


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        (
            "  customerLocale: String\n",
            "  customerLocale: String\n  favouriteTea: String\n",
            "Order.favouriteTea: no such field",
        ),
        ("  customerLocale: String\n", "  customerLocale: String!\n", "Order.customerLocale: String! should be String"),
        ("  order(id: ID!): Order\n", "  order(id: ID): Order\n", "QueryRoot.order(id): ID"),
        ("  order(id: ID!): Order\n", "  order(id: ID!, mood: String): Order\n", "no such argument"),
        ("enum ReturnStatus { CANCELED", "enum ReturnStatus { LOST CANCELED", "ReturnStatus.LOST: no such value"),
        ("input MetafieldsSetInput {\n", "input MetafieldsSetInput {\n  colour: String\n", "no such argument"),
        ("  ownerId: ID!\n  type: String\n", "  type: String\n", "ownerId is required"),
        ("sortKey: OrderSortKeys = PROCESSED_AT", "sortKey: OrderSortKeys = ID", "QueryRoot.orders(sortKey)"),
        ("type Domain ", "type Castle { id: ID! }\ntype Domain ", "Castle: no such type"),
        ("type Return implements Node", "type Return implements Node & LegacyInteroperability", "does not implement"),
    ],
)
def test_a_planted_fault_in_the_schema_is_found(theirs, before, after, complaint):
    text = FILE.read_text()
    assert before in text
    found = differences(build_schema(text.replace(before, after, 1), assume_valid=True), theirs)
    assert any(complaint in one for one in found), found


@pytest.mark.oracle
def test_the_scopes_are_those_shopify_publishes(published):
    ours = build_schema(FILE.read_text()).type_map
    types, by_field = {}, {}
    for item in published["offline_scopes"]["items"]:
        kind, name = item["typeName"], item.get("fieldName")
        if kind not in ours or not item["offlineScopes"] or kind in BY_TYPE or name in BY_TYPE:
            continue
        if name is None:
            types[kind] = set(item["offlineScopes"])
        elif name in ours[kind].fields:
            by_field[kind, name] = set(item["offlineScopes"])
    assert {kind: set(scopes) for kind, scopes in TYPES.items()} == types
    assert {key: set(scopes) for key, scopes in FIELDS.items()} == by_field


@pytest.mark.oracle
def test_the_protected_fields_are_those_shopify_publishes(published):
    ours = build_schema(FILE.read_text()).type_map
    theirs = {
        (kind["name"], one["name"])
        for kind in published["data"]["__schema"]["types"]
        for one in kind.get("fields") or []
        if one.get("isProtected") and one["name"] in getattr(ours.get(kind["name"]), "fields", {})
    }
    assert theirs == PROTECTED


def test_the_schema_is_valid_and_every_field_is_answered():
    assert validate_schema(schema()) == []
