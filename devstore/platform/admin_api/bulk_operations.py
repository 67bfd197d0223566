"""Answer for bulk operations: begin, look, cancel."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from devstore.platform.admin_api import schema as bound  # by its module: it imports this one
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from
from devstore.platform.admin_api.field import attributes, computed, field, upper
from devstore.platform.admin_api.orders import note
from devstore.platform.admin_api.search import moment, search, word
from devstore.platform.bulk.plan import Refused, plan
from devstore.platform.bulk.tables import BulkOperation
from devstore.platform.names import read_gid
from devstore.state.models import gid

MOST_AT_ONCE = 5
KEPT = timedelta(days=7)
RUNNING = ("created", "running", "canceling")
SORTS: dict[str, ColumnElement[Any]] = {
    "COMPLETED_AT": BulkOperation.completed_at.expression,
    "CREATED_AT": BulkOperation.created_at.expression,
}
SEARCH = {
    "status": word(BulkOperation.status),
    "created_at": moment(BulkOperation.created_at),
    "operation_type": lambda op, text: None if op or text.lower() != "query" else BulkOperation.id.is_not(None),
}

attributes("BulkOperation", "query", "errorCode", "objectCount", "rootObjectCount", "createdAt", "completedAt")
upper("BulkOperation", status="status")
computed(
    "BulkOperation",
    id=lambda row, call: gid("BulkOperation", row.id),
    type=lambda row, call: "QUERY",
    fileSize=lambda row, call: row.file_size if row.status == "completed" and row.object_count else None,
    url=lambda row, call: _address(row, call) if row.status == "completed" else None,
    partialDataUrl=lambda row, call: _address(row, call) if row.status in {"canceled", "failed"} else None,
)


@field("Mutation", "bulkOperationRunQuery")
def run_query(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Begin an operation, or say why not."""
    mine = BulkOperation.shop_id == call.shop.id
    under_way = call.session.scalar(select(func.count()).where(mine, BulkOperation.status.in_(RUNNING))) or 0
    if under_way >= MOST_AT_ONCE:
        return _not_begun(None, "Bulk operations limit reached. Please try again later.", "LIMIT_REACHED")
    try:
        plan(bound.schema(), args["query"])
    except Refused as refusal:
        return _not_begun(["query"], str(refusal), "INVALID")
    row = BulkOperation(
        shop_id=call.shop.id,
        query=args["query"],
        is_grouped=args["groupObjects"],
        url_key=secrets.token_urlsafe(16),
        created_at=call.now,
    )
    call.session.add(row)
    call.session.flush()
    return {"bulkOperation": row, "userErrors": []}


def _not_begun(where: list[str] | None, message: str, code: str) -> dict[str, Any]:
    return {"bulkOperation": None, "userErrors": [{"field": where, "message": message, "code": code}]}


@field("Mutation", "bulkOperationCancel")
def cancel(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Begin to cancel; what has ended stays as it is."""
    row = _one(call, args["id"])
    if row is None:
        return {"bulkOperation": None, "userErrors": [{"field": ["id"], "message": "Bulk operation does not exist"}]}
    if row.status not in RUNNING:
        message = "A bulk operation cannot be canceled when it is " + row.status
        return {"bulkOperation": row, "userErrors": [{"field": None, "message": message}]}
    row.status = "canceling"
    return {"bulkOperation": row, "userErrors": []}


@field("QueryRoot", "bulkOperation")
def one_operation(_: Any, call: Call, args: dict[str, Any]) -> BulkOperation | None:
    """Return an operation of this shop by id."""
    return _one(call, args["id"])


@field("QueryRoot", "bulkOperations")
def operations(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of this shop's operations, the newest first unless reversed."""
    found = search(args.get("query"), SEARCH)
    note(call, args, found)
    statement = select(BulkOperation).where(BulkOperation.shop_id == call.shop.id, *found.conditions)
    newest_first = args | {"reverse": not args.get("reverse")}
    sort = SORTS.get(args.get("sortKey", "CREATED_AT"), SORTS["CREATED_AT"])
    return page_from(call.session, statement, newest_first, sort, BulkOperation.id.expression)


def _one(call: Call, written: str) -> BulkOperation | None:
    ident = read_gid(written)
    if ident is None or ident[0] != "BulkOperation":
        return None
    row = call.session.get(BulkOperation, ident[1], with_for_update=True)
    if row is None or row.shop_id != call.shop.id:
        return None
    if row.status == "completed" and row.completed_at is not None and call.now >= row.completed_at + KEPT:
        row.status = "expired"
    return row


def _address(row: BulkOperation, call: Call) -> str | None:
    """Return where the lines are; None where there is not one."""
    if not row.object_count:
        return None
    return f"{call.settings.origin}/bulk/{row.id}-{row.url_key}.jsonl"
