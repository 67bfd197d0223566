"""Run what waits, a page at a time, each in a transaction: a stopped store goes on where it was."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    IntValueNode,
    NameNode,
    StringValueNode,
    Visitor,
    execute_sync,
    parse,
    visit,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.config import settings
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import unbounded
from devstore.platform.admin_api.schema import schema
from devstore.platform.bulk.plan import Level, plan
from devstore.platform.bulk.tables import BulkOperation, BulkPart
from devstore.platform.install import NotInstalled, installation_of
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop, gid
from devstore.webhooks.announce import announce

PAGE = 100
EVERYTHING = 1_000_000
WAITING = ("created", "running", "canceling")


def run_all() -> int:
    """Run every operation to its end; return how many pages were read."""
    pages = 0
    while run_page():
        pages += 1
    return pages


def run_page() -> bool:
    """Read one page of the operation that was served longest ago; False when none waits."""
    with unit_of_work() as session:
        query = select(BulkOperation).where(BulkOperation.status.in_(WAITING))
        operation = session.scalars(
            query.order_by(BulkOperation.root_object_count, BulkOperation.id).limit(1).with_for_update(skip_locked=True)
        ).one_or_none()
        if operation is None:
            return False
        shop = session.get_one(Shop, operation.shop_id)
        if operation.status == "canceling":
            _end(session, shop, operation, "canceled")
            return True
        operation.status = "running"
        try:
            _page(session, shop, operation)
        except NotInstalled:
            _end(session, shop, operation, "failed", "ACCESS_DENIED")
        return True


def _page(session: Session, shop: Shop, operation: BulkOperation) -> None:
    call = Call(session, shop, installation_of(session, shop), settings(), store_now(session))
    document, root = _prepared(operation.query)
    with unbounded():
        result = execute_sync(schema(), _from(document, root, operation.cursor), context_value=call)
    if result.errors or result.data is None:
        codes = {(fault.extensions or {}).get("code") for fault in result.errors or ()}
        _end(
            session,
            shop,
            operation,
            "failed",
            "ACCESS_DENIED" if codes == {"ACCESS_DENIED"} else "INTERNAL_SERVER_ERROR",
        )
        return
    page = result.data[root.key]
    nodes = _nodes(page)
    lines = list(_grouped(nodes, root) if operation.is_grouped else _apart(nodes, root))
    if lines:
        _keep(session, operation, lines)
    operation.root_object_count += len(nodes)
    operation.object_count += len(lines)
    operation.cursor = page["bulkPage"]["endCursor"]
    if not page["bulkPage"]["hasNextPage"]:
        _end(session, shop, operation, "completed")


def _keep(session: Session, operation: BulkOperation, lines: list[dict[str, Any]]) -> None:
    body = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines).encode()
    before = session.scalar(select(func.count()).where(BulkPart.operation_id == operation.id)) or 0
    session.add(BulkPart(operation_id=operation.id, number=before, size=len(body), body=zlib.compress(body, 1)))
    operation.file_size += len(body)


def _end(session: Session, shop: Shop, operation: BulkOperation, status: str, error: str | None = None) -> None:
    operation.status, operation.error_code, operation.completed_at = status, error, store_now(session)
    payload = {
        "admin_graphql_api_id": gid("BulkOperation", operation.id),
        "completed_at": operation.completed_at.isoformat(),
        "created_at": operation.created_at.isoformat(),
        "error_code": error.lower() if error else None,
        "status": status,
        "type": "query",
    }
    announce(session, shop, "bulk_operations/finish", payload)


@lru_cache(maxsize=16)
def _prepared(text: str) -> tuple[DocumentNode, Level]:
    """Return the document with every nested connection whole, and its root."""
    found = plan(schema(), text)
    document = deepcopy(found.document)
    visit(document, _Widen({level.name for level in _below(found.root)}))
    return document, found.root


def _below(level: Level) -> Iterator[Level]:
    for inner in level.below.values():
        yield inner
        yield from _below(inner)


class _Widen(Visitor):
    """Ask every nested connection for all it has: pages are the root's alone."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self._names = names

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value in self._names:
            node.arguments = _sized(node, EVERYTHING)


def _sized(node: FieldNode, size: int, after: str | None = None) -> tuple[ArgumentNode, ...]:
    kept = [one for one in node.arguments if one.name.value not in {"first", "last", "after", "before"}]
    kept.append(ArgumentNode(name=NameNode(value="first"), value=IntValueNode(value=str(size))))
    if after is not None:
        kept.append(ArgumentNode(name=NameNode(value="after"), value=StringValueNode(value=after)))
    return tuple(kept)


PAGE_INFO = parse("{ bulkPage: pageInfo { hasNextPage endCursor } }").definitions[0]


def _from(document: DocumentNode, root: Level, cursor: str | None) -> DocumentNode:
    """Return the document for the page after a cursor."""
    made = deepcopy(document)
    for definition in made.definitions:
        for one in getattr(definition, "selection_set").selections:  # noqa: B009 - every definition here has one
            if isinstance(one, FieldNode) and (one.alias.value if one.alias else one.name.value) == root.key:
                one.arguments = _sized(one, PAGE, cursor)
                asked = getattr(PAGE_INFO, "selection_set").selections  # noqa: B009 - the same
                if one.selection_set is not None:
                    one.selection_set.selections = (*one.selection_set.selections, *asked)
    return made


def _nodes(page: dict[str, Any]) -> list[dict[str, Any]]:
    return page["nodes"] if "nodes" in page else [edge["node"] for edge in page["edges"]]


def _line(node: dict[str, Any], level: Level, parent: str | None) -> dict[str, Any]:
    own = {key: value for key, value in node.items() if key not in level.below}
    return own if parent is None else {**own, "__parentId": parent}


def _grouped(nodes: list[dict[str, Any]], level: Level, parent: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield each object directly before its children."""
    for node in nodes:
        yield _line(node, level, parent)
        for inner in level.below.values():
            yield from _grouped(_nodes(node[inner.key]), inner, node["id"])


def _apart(nodes: list[dict[str, Any]], level: Level, parent: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield objects and their children kind by kind, the children away from their parents."""
    for node in nodes:
        yield _line(node, level, parent)
    for inner in level.below.values():
        for node in reversed(nodes):
            yield from _apart(_nodes(node[inner.key]), inner, node["id"])
