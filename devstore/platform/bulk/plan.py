"""Look at a bulk query before it runs: refuse what Shopify refuses, and know which of its fields are connections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    parse,
    validate,
)

MOST_CONNECTIONS = 5
DEEPEST = 2
NO_SELF = (
    "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID'"
    " return type. Connection fields without 'id': {}."
)


class Refused(ValueError):
    """Say in Shopify's words why a query cannot be run in bulk."""


@dataclass
class Level:
    """What a connection's node holds: which of its answer's keys are connections again, and what those hold."""

    name: str
    key: str
    below: dict[str, Level] = field(default_factory=dict)
    selects_id: bool = False


@dataclass(frozen=True)
class BulkPlan:
    """A query that may run: its document and its root connection."""

    document: DocumentNode
    root: Level


def plan(schema: GraphQLSchema, text: str) -> BulkPlan:
    """Return how a query is to be run. Raise Refused."""
    try:
        document = parse(text)
    except GraphQLError as fault:
        raise Refused(f"Invalid bulk query: {fault.message}") from None
    faults = [one for one in validate(schema, document) if "is not used" not in one.message]
    if faults:
        raise Refused(f"Invalid bulk query: {faults[0].message}")
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation.value != "query":
        raise Refused("Invalid bulk query: Bulk queries must contain one query operation.")
    if operations[0].variable_definitions:
        raise Refused("Invalid bulk query: Bulk queries cannot have variables.")
    return _Look(schema, document).at(operations[0])


class _Look:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema, self._document = schema, document
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._count = 0

    def at(self, operation: OperationDefinitionNode) -> BulkPlan:
        roots = list(self._fields(operation.selection_set, self._schema.query_type))
        for one, _ in roots:
            if one.name.value in {"node", "nodes"}:
                raise Refused(f"Invalid bulk query: Bulk queries cannot use the top-level '{one.name.value}' field.")
        if len(roots) != 1:
            raise Refused("Invalid bulk query: Bulk queries cannot contain multiple top-level fields.")
        found = self._connections(roots, depth=0, in_list=False)
        if not found:
            raise Refused("Invalid bulk query: Bulk queries must contain at least one connection.")
        if len(found) > 1 or _key(roots[0][0]) not in found:
            raise Refused("Invalid bulk query: The top-level field must be a connection.")
        nameless = sorted(level.name for level in _all(found) if level.below and not level.selects_id)
        if nameless:
            raise Refused("Invalid bulk query: " + NO_SELF.format(", ".join(nameless)))
        return BulkPlan(self._document, next(iter(found.values())))

    def _connections(self, fields: list[tuple[FieldNode, Any]], *, depth: int, in_list: bool) -> dict[str, Level]:
        """Return the connections among fields and below them, down to those of another connection's node."""
        found: dict[str, Level] = {}
        for one, kind in fields:
            named = get_named_type(kind)
            if named.name.endswith("Connection"):
                if in_list:
                    raise Refused(
                        "Invalid bulk query: Queries that contain a connection field within a list field are not"
                        " currently supported."
                    )
                found[_key(one)] = self._connection(one, named, depth)
            elif one.selection_set is not None:
                is_list = in_list or is_list_type(get_nullable_type(kind))
                inner = self._connections(list(self._fields(one.selection_set, named)), depth=depth, in_list=is_list)
                if inner:
                    raise Refused("Invalid bulk query: A connection must stand directly in a connection's node.")
        return found

    def _connection(self, one: FieldNode, kind: Any, depth: int) -> Level:
        self._count += 1
        if self._count > MOST_CONNECTIONS:
            raise Refused(f"Invalid bulk query: Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
        if depth > DEEPEST:
            raise Refused(
                "Invalid bulk query: Bulk queries cannot contain connections with a nesting depth greater than"
                f" {DEEPEST}."
            )
        level = Level(one.name.value, _key(one))
        for part, inner in self._fields(one.selection_set, kind):
            if part.name.value in {"edges", "nodes"}:
                self._node(level, part, get_named_type(inner), depth)
        return level

    def _node(self, level: Level, part: FieldNode, kind: Any, depth: int) -> None:
        if part.name.value == "edges":
            for inside, inner in self._fields(part.selection_set, kind):
                if inside.name.value == "node":
                    self._node_fields(level, inside, get_named_type(inner), depth)
        else:
            self._node_fields(level, part, kind, depth)

    def _node_fields(self, level: Level, node: FieldNode, kind: Any, depth: int) -> None:
        fields = list(self._fields(node.selection_set, kind))
        level.selects_id |= any(one.name.value == "id" and one.alias is None for one, _ in fields)
        level.below |= self._connections(fields, depth=depth + 1, in_list=False)

    def _fields(self, selections: SelectionSetNode | None, kind: Any) -> list[tuple[FieldNode, Any]]:
        """Return the fields of a selection with their types, fragments laid open."""
        found: list[tuple[FieldNode, Any]] = []
        for one in selections.selections if selections else ():
            if isinstance(one, FieldNode):
                if one.name.value != "__typename":
                    found.append((one, kind.fields[one.name.value].type))
            elif isinstance(one, InlineFragmentNode):
                named = getattr(one, "type_condition", None)
                found += self._fields(one.selection_set, self._schema.type_map[named.name.value] if named else kind)
            elif isinstance(one, FragmentSpreadNode):
                fragment = self._fragments[one.name.value]
                found += self._fields(fragment.selection_set, self._schema.type_map[fragment.type_condition.name.value])
        return found


def _key(one: FieldNode) -> str:
    return one.alias.value if one.alias else one.name.value


def _all(levels: dict[str, Level]) -> list[Level]:
    return [inner for level in levels.values() for inner in (level, *_all(level.below))]
