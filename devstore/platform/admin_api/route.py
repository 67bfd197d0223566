"""Answer POST /admin/api/<version>/graphql.json for the shop in the Host header."""

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, jsonify, request
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from sqlalchemy.orm import Session

from devstore.clock.now import real_now, store_now
from devstore.config import settings
from devstore.platform.admin_api.bucket import Bucket, bucket_of
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.cost import LARGEST, MUTATION, requested_cost
from devstore.platform.admin_api.schema import schema
from devstore.platform.hosts import shop_of_host
from devstore.platform.issue import NonExpiring, admit
from devstore.state.engine import unit_of_work

blueprint = Blueprint("platform_admin_api", __name__)
log = logging.getLogger(__name__)

VERSION = "2026-10"
LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits"


@dataclass(frozen=True)
class Asked:
    """A request that can be executed."""

    document: DocumentNode
    operation: OperationDefinitionNode
    variables: dict[str, Any]
    name: str | None
    faults: tuple[GraphQLError, ...]


@dataclass(frozen=True)
class Charge:
    """What was taken from the bucket up front, and what a mutation costs beyond the objects it returns."""

    points: int
    floor: int
    bucket: Bucket


class BadRequest(ValueError):
    """The body is not a GraphQL request at all."""


@blueprint.post("/admin/api/<version>/graphql.json")
def graphql(version: str) -> Response:
    """Answer 200 with data or errors, 400 without a query, 401 or 403 for a token that opens nothing, 404 elsewhere."""
    with unit_of_work() as session:
        shop = shop_of_host(session, request.host)
        if shop is None or version != VERSION:
            return _plain("Not Found", 404)
        try:
            admission = admit(session, shop, request.headers.get("X-Shopify-Access-Token", ""), now=real_now())
        except NonExpiring:
            return _plain("[API] Non-expiring access tokens are no longer accepted for the Admin API.", 403)
        if admission is None:
            return _plain("[API] Invalid API key or access token (unrecognized login or wrong password)", 401)
        call = Call(session, shop, admission.installation, settings(), store_now(session))
        return _run(call, session)


def _plain(message: str, status: int) -> Response:
    answer = jsonify(errors=message)
    answer.status_code = status
    return answer


def _run(call: Call, session: Session) -> Response:
    try:
        asked = _read()
    except BadRequest as fault:
        return _plain(str(fault), 400)
    except GraphQLError as fault:
        return jsonify(errors=[fault.formatted])
    if asked.faults:
        return jsonify(errors=[fault.formatted for fault in asked.faults])
    points = requested_cost(schema(), asked.document, asked.operation, asked.variables)
    if points > LARGEST:
        return _too_dear(points)
    bucket = bucket_of(call.shop.id, call.shop.plan, time.monotonic())
    if not bucket.take(points, time.monotonic()):
        return _throttled(points, bucket)
    result = execute_sync(
        schema(), asked.document, variable_values=asked.variables, operation_name=asked.name, context_value=call
    )
    floor = MUTATION - 1 if asked.operation.operation.value == "mutation" else 0
    return _answer(result, call, session, Charge(points, floor, bucket))


@lru_cache(maxsize=128)
def _checked(text: str) -> tuple[DocumentNode, tuple[GraphQLError, ...]]:
    """Parse and validate once: an app sends the same few documents again and again."""
    document = parse(text)
    return document, tuple(validate(schema(), document))


def _read() -> Asked:
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise BadRequest("Required parameter missing or invalid: query")
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise BadRequest("Variables are invalid JSON")
    name = body.get("operationName")
    document, faults = _checked(body["query"])
    operation = get_operation_ast(document, name)
    if operation is None:
        raise GraphQLError("No operation of that name, or several without a name.")
    return Asked(document, operation, variables, name, faults)


def _answer(result: ExecutionResult, call: Call, session: Session, charge: Charge) -> Response:
    errors = [_formatted(fault) for fault in result.errors or ()]
    if any(error.get("extensions", {}).get("code") == "INTERNAL_SERVER_ERROR" for error in errors):
        session.rollback()
        session.begin()
    actual = min(charge.points, call.objects + charge.floor)
    level = charge.bucket.give_back(charge.points - actual, time.monotonic())
    body: dict[str, Any] = {
        "data": result.data,
        "extensions": {"cost": _cost(charge.points, actual, level, charge.bucket)},
    }
    if call.search:
        body["extensions"]["search"] = call.search
    if errors:
        body = {"errors": errors} | body
    return jsonify(body)


def _formatted(fault: GraphQLError) -> dict[str, Any]:
    if fault.original_error is not None and not isinstance(fault.original_error, GraphQLError):
        log.error("a resolver failed at %s", fault.path, exc_info=fault.original_error)
        return {
            "message": "Internal error.",
            "path": fault.path,
            "extensions": {"code": "INTERNAL_SERVER_ERROR"},
        }
    return dict(fault.formatted)


def _cost(requested: int, actual: int | None, level: float, bucket: Bucket) -> dict[str, Any]:
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": bucket.capacity,
            "currentlyAvailable": int(level),
            "restoreRate": bucket.rate,
        },
    }


def _throttled(points: int, bucket: Bucket) -> Response:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS_PAGE}}
    return jsonify(errors=[error], extensions={"cost": _cost(points, None, bucket.level, bucket)})


def _too_dear(points: int) -> Response:
    error = {
        "message": f"Query cost is {points}, which exceeds the single query max cost limit ({LARGEST}).",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": points,
            "maxCost": LARGEST,
            "documentation": LIMITS_PAGE,
        },
    }
    return jsonify(errors=[error])
