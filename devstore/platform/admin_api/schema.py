"""Bind the schema file to the functions that answer it."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    is_composite_type,
)

from devstore.platform.admin_api import (
    app_scopes,
    bulk_operations,
    customers,
    metafield_definitions,
    metafields,
    metaobjects,
    nodes,
    orders,
    parcels,
    products,
    returns,
    shop,
)
from devstore.platform.admin_api.access import check
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page
from devstore.platform.admin_api.field import RESOLVERS, Resolver
from devstore.platform.admin_api.nodes import typename

FILE = Path(__file__).parents[2] / "schema.graphql"

# Importing them registers their fields; naming them here keeps that visible.
PARTS = (
    app_scopes,
    bulk_operations,
    customers,
    metafield_definitions,
    metafields,
    metaobjects,
    nodes,
    orders,
    parcels,
    products,
    returns,
    shop,
)


@cache
def schema() -> GraphQLSchema:
    """Return the schema with every field bound.

    Raises LookupError naming the fields nobody answers.
    """
    built = build_schema(FILE.read_text("utf-8"))
    unanswered = []
    for kind in built.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, GraphQLScalarType):
            _bind_scalar(kind)
        elif isinstance(kind, GraphQLInterfaceType):
            kind.resolve_type = lambda row, info, abstract: typename(row)
        elif isinstance(kind, GraphQLObjectType):
            for name, one in kind.fields.items():
                resolver = _paging(kind.name, name) or RESOLVERS.get((kind.name, name)) or _payload(kind.name, name)
                if resolver is None:
                    unanswered.append(f"{kind.name}.{name}")
                else:
                    _bind(kind.name, name, one, resolver)
    if unanswered:
        raise LookupError(f"No resolver for {', '.join(unanswered)}")
    return built


def _bind(kind: str, name: str, one: GraphQLField, resolver: Resolver) -> None:
    returned = get_named_type(one.type)
    counts = is_composite_type(returned) and not kind.endswith(("Connection", "Edge")) and returned.name != "PageInfo"

    def resolve(row: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
        call: Call = info.context
        check(call, kind, name, returned.name)
        value = resolver(row, call, args)
        if counts and value is not None:
            call.objects += len(value.nodes) if isinstance(value, Page) else len(value) if _is_list(value) else 1
        return value

    one.resolve = resolve


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _paging(kind: str, name: str) -> Resolver | None:
    """Return the resolver of a connection's, an edge's or a PageInfo's field."""
    if kind.endswith("Connection"):
        readers: dict[str, Resolver] = {
            "nodes": lambda page, call, args: page.nodes,
            "edges": lambda page, call, args: list(zip(page.cursors, page.nodes, strict=True)),
            "pageInfo": lambda page, call, args: page,
        }
        return readers.get(name)
    if kind.endswith("Edge"):
        return (lambda edge, call, args: edge[0]) if name == "cursor" else (lambda edge, call, args: edge[1])
    if kind == "PageInfo":
        readers = {
            "startCursor": lambda page, call, args: page.cursors[0] if page.cursors else None,
            "endCursor": lambda page, call, args: page.cursors[-1] if page.cursors else None,
            "hasNextPage": lambda page, call, args: page.more,
            "hasPreviousPage": lambda page, call, args: page.before,
        }
        return readers.get(name)
    return None


def _payload(kind: str, name: str) -> Resolver | None:
    """Return the resolver of a mutation's payload or error: both are dicts made on the spot."""
    if kind.endswith(("Payload", "UserError", "ScopeError")):
        return lambda row, call, args: row.get(name)
    return None


def _bind_scalar(kind: GraphQLScalarType) -> None:
    if kind.name == "DateTime":
        kind.serialize = _write_time  # type: ignore[method-assign]
        kind.parse_value = _read_time  # type: ignore[method-assign]
    elif kind.name in {"UnsignedInt64", "Decimal", "Money"}:
        kind.serialize = _write_text  # type: ignore[method-assign]


def _write_time(value: datetime) -> str:
    return value.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _write_text(value: Any) -> str:
    return str(value)


def _read_time(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as fault:
        raise GraphQLError(f"Not a date and time: {value!r}") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
