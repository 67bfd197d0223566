"""Reckon what a document costs before it runs: an object 1, a connection its size times its node, a mutation 10."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)

MUTATION = 10
LARGEST = 1000


def requested_cost(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]
) -> int:
    """Return the points Shopify would charge up front."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    defaults = {
        node.variable.name.value: int(node.default_value.value)
        for node in operation.variable_definitions
        if isinstance(node.default_value, IntValueNode)
    }
    given = defaults | {name: value for name, value in variables.items() if isinstance(value, int)}
    mutation = operation.operation.value == "mutation"
    root = schema.mutation_type if mutation else schema.query_type
    return _Reckoning(schema, fragments, given).of(operation.selection_set, root, MUTATION if mutation else 1)


class _Reckoning:
    def __init__(
        self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, int]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def of(self, selections: SelectionSetNode | None, kind: Any, each: int = 1) -> int:
        total = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                total += self.of(
                    fragment.selection_set, self._schema.type_map[fragment.type_condition.name.value], each
                )
            elif isinstance(node, InlineFragmentNode):
                named = getattr(node, "type_condition", None)  # typed as if always there
                target = kind if named is None else self._schema.type_map[named.name.value]
                total += self.of(node.selection_set, target, each)
            elif isinstance(node, FieldNode):
                total += self._field(node, kind, each)
        return total

    def _field(self, node: FieldNode, kind: Any, each: int) -> int:
        if not (is_object_type(kind) or is_interface_type(kind)) or node.name.value not in kind.fields:
            return 0  # __typename and introspection are free
        returned = get_named_type(kind.fields[node.name.value].type)
        if not is_composite_type(returned):
            return 0
        inner = self.of(node.selection_set, returned)
        if returned.name == "PageInfo" or kind.name.endswith("Connection") or kind.name.endswith("Edge"):
            return inner  # the connection's own size has counted these
        if returned.name.endswith("Connection"):
            return (self._size(node) or 0) * (1 + inner)
        if is_list_type(get_nullable_type(kind.fields[node.name.value].type)):
            size = self._size(node)
            return inner if size is None else size * (1 + inner)
        return each + inner

    def _size(self, node: FieldNode) -> int | None:
        for argument in node.arguments:
            if argument.name.value not in {"first", "last"}:
                continue
            if isinstance(argument.value, IntValueNode):
                return max(0, int(argument.value.value))
            if isinstance(argument.value, VariableNode):
                return max(0, self._variables.get(argument.value.name.value, 1))
        return None
