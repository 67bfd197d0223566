"""Every GraphQL document is valid, current, within our scopes and affordable, by Shopify's own published schema."""

import gzip
import json
import tomllib
from pathlib import Path

import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    parse,
    validate,
    visit,
)
from graphql.language import FieldNode, FragmentSpreadNode, InlineFragmentNode, IntValueNode, VariableNode

from app.shopify import documents

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / ".cache" / "oracles" / "admin_2026-10.json.gz"

MOST_POINTS = 1000  # Shopify refuses a dearer query outright
OWN_METAOBJECTS = {
    "read_metaobjects",
    "write_metaobjects",
    "read_metaobject_definitions",
    "write_metaobject_definitions",
}

# Level-2 protected customer data, as declared to Shopify. A field added here must be declared there too.
DECLARED = {
    "Customer.firstName",
    "Customer.lastName",
    "CustomerEmailAddress.emailAddress",
    "CustomerPhoneNumber.phoneNumber",
    "MailingAddress.firstName",
    "MailingAddress.lastName",
    "MailingAddress.zip",
    "Order.email",
    "Order.statusPageUrl",
    "Order.phone",
}


class Oracle:
    """Shopify's schema with what it says beside the types: scopes, protected fields."""

    def __init__(self, path):
        data = json.loads(gzip.decompress(path.read_bytes()))
        introspection = data["data"]["__schema"]
        self.schema: GraphQLSchema = build_client_schema({"__schema": introspection}, assume_valid=True)
        self.scopes = {(i["typeName"], i.get("fieldName")): i["offlineScopes"] for i in data["offline_scopes"]["items"]}
        self.protected = {
            f"{kind['name']}.{field['name']}"
            for kind in introspection["types"]
            for field in kind.get("fields") or []
            if field.get("isProtected")
        }

    def look(self, text):
        """Return (alternatives of scopes, protected fields, deprecated fields) a document touches."""
        info, scopes, protected, deprecated = TypeInfo(self.schema), set(), set(), set()
        oracle = self

        class Walk(Visitor):
            def enter_field(self, node, *_):
                parent, field = info.get_parent_type(), info.get_field_def()
                if not parent or not field:
                    return
                name = f"{parent.name}.{node.name.value}"
                if name in oracle.protected:
                    protected.add(name)
                if field.deprecation_reason:
                    deprecated.add(name)
                for key in ((parent.name, node.name.value), (get_named_type(field.type).name, None)):
                    if oracle.scopes.get(key):
                        scopes.add(frozenset(oracle.scopes[key]))

        visit(parse(text), TypeInfoVisitor(info, Walk()))
        return scopes, protected, deprecated


@pytest.fixture(scope="module")
def oracle():
    return Oracle(SCHEMA)


def granted():
    access = tomllib.loads((ROOT / "shopify.app.toml").read_text())["access_scopes"]
    return set(access["scopes"].split(",")) | set(access["optional_scopes"]) | OWN_METAOBJECTS


def most_points(text):
    """Return the points a document may cost with its default variables: an object 1, a list or connection its size."""
    ast = parse(text)
    fragments = {d.name.value: d for d in ast.definitions if isinstance(d, FragmentDefinitionNode)}
    (operation,) = (d for d in ast.definitions if isinstance(d, OperationDefinitionNode))
    defaults = {v.variable.name.value: v.default_value for v in operation.variable_definitions}

    def size(field):
        for argument in field.arguments:
            value = argument.value
            if argument.name.value == "first":
                value = defaults[value.name.value] if isinstance(value, VariableNode) else value
                assert isinstance(value, IntValueNode)
                return int(value.value)
        return 1

    def cost(selections):
        total = 0
        for node in selections:
            if isinstance(node, FragmentSpreadNode):
                total += cost(fragments[node.name.value].selection_set.selections)
            elif isinstance(node, InlineFragmentNode):
                total += cost(node.selection_set.selections)
            elif isinstance(node, FieldNode) and node.selection_set and node.name.value != "pageInfo":
                own = 0 if node.name.value == "nodes" else 1  # a connection's nodes were counted by its size
                total += size(node) * (own + cost(node.selection_set.selections))
        return total

    return cost(operation.selection_set.selections) + (10 if operation.operation.value == "mutation" else 0)


@pytest.mark.oracle
@pytest.mark.parametrize("name", documents.names())
def test_a_document_is_valid_in_shopifys_published_schema(oracle, name):
    assert validate(oracle.schema, parse(documents.text(name))) == []


@pytest.mark.oracle
@pytest.mark.parametrize("name", documents.names())
def test_a_document_is_current_and_within_what_was_asked_for(oracle, name):
    scopes, protected, deprecated = oracle.look(documents.text(name))
    assert deprecated == set()
    assert protected <= DECLARED
    # Each entry is a set of alternatives: one of them must be ours. write_x implies read_x.
    have = granted() | {scope.replace("write_", "read_") for scope in granted()}
    assert [sorted(alternatives) for alternatives in scopes if not alternatives & have] == []


@pytest.mark.oracle
@pytest.mark.parametrize(
    "planted",
    [
        "query { order(id: 1) { fulfilments { id } } }",
        "query ($id: ID!) { order(id: $id) { id(first: 3) } }",
        "mutation { metafieldsSet { userErrors { field } } }",
    ],
)
def test_the_schema_oracle_can_fail(oracle, planted):
    assert validate(oracle.schema, parse(planted)) != []


@pytest.mark.oracle
def test_the_scope_and_deprecation_oracles_can_fail(oracle):
    text = "query ($id: ID!) { customer(id: $id) { email } product(id: $id) { publicationCount } }"
    scopes, protected, deprecated = oracle.look(text)
    assert not protected <= DECLARED
    assert "Customer.email" in deprecated
    assert any(not alternatives & granted() for alternatives in scopes)


@pytest.mark.parametrize("name", documents.names())
def test_a_document_costs_less_than_shopify_refuses(name):
    assert most_points(documents.text(name)) < MOST_POINTS


def test_a_document_carries_each_fragment_it_uses_once():
    text = documents.text("orders_updated")
    for fragment in (
        "OrderFields",
        "LineFields",
        "FulfillmentFields",
        "RefundFields",
        "ReturnFields",
        "CustomerFields",
    ):
        assert text.count(f"fragment {fragment} on") == 1


@pytest.mark.parametrize("name", ["nope", "../config", "fragments/order_fields", ""])
def test_an_unknown_document_is_named(name):
    with pytest.raises(documents.UnknownDocument):
        documents.text(name)
