"""Answer for metafields: read them on their owners, set and delete them."""

from typing import Any

from sqlalchemy import delete, select

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_of
from devstore.platform.admin_api.field import RESOLVERS, attributes, computed, field, globally
from devstore.platform.admin_api.metafield_definitions import definition_of
from devstore.platform.admin_api.owners import (
    KINDS,
    OF_ROW,
    Kind,
    find_owner,
    kind_of_type,
    may_write,
    number_of,
    owner_kind,
)
from devstore.platform.admin_api.values import CATEGORIES, digest, fault_in, json_value
from devstore.platform.names import belongs_to_any_app, kept_namespace, owned_by, read_gid
from devstore.platform.tables import Metafield

MOST = 25
STALE = "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value."

globally("Metafield")
attributes("Metafield", "namespace", "key", "value", "type", "ownerType", "createdAt", "updatedAt")
computed(
    "Metafield",
    jsonValue=lambda row, call: json_value(row.type, row.value),
    compareDigest=lambda row, call: digest(row.value),
    owner=lambda row, call: kind_of_type(row.owner_type).find(call, row.owner_id),
    definition=lambda row, call: definition_of(call, row.owner_type, row.namespace, row.key),
)
attributes("MetafieldIdentifier", "key", "namespace", "ownerId")


def metafield(row: Any, call: Call, args: dict[str, Any]) -> Metafield | None:
    """Return one metafield of an owner; `namespace.key` may be written as the key alone."""
    namespace, key = args.get("namespace"), args["key"]
    if namespace is None and "." in key:
        namespace, _, key = key.partition(".")
    kept = kept_namespace(call.app_id, namespace)
    return next((one for one in _of(call, row) if one.namespace == kept and one.key == key), None)


def metafields(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of an owner's metafields."""
    found = _of(call, row)
    if args.get("namespace") is not None:
        kept = kept_namespace(call.app_id, args["namespace"])
        found = [one for one in found if one.namespace == kept]
    if args.get("keys"):
        found = [one for one in found if f"{one.namespace}.{one.key}" in args["keys"]]
    return page_of(found, args)


for _kind in KINDS:
    RESOLVERS[_kind, "metafield"] = metafield
    RESOLVERS[_kind, "metafields"] = metafields


def _of(call: Call, row: Any) -> list[Metafield]:
    mine = select(Metafield).where(
        Metafield.shop_id == call.shop.id,
        Metafield.owner_type == OF_ROW[type(row)],
        Metafield.owner_id == number_of(row),
    )
    return list(call.session.scalars(mine.order_by(Metafield.id)))


@field("Mutation", "metafieldsSet")
def metafields_set(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Set up to 25 metafields, all or none."""
    wanted = args["metafields"]
    if len(wanted) > MOST:
        message = f"Exceeded the maximum metafields input limit of {MOST}."
        return {"metafields": [], "userErrors": [_error(["metafields"], message, "LESS_THAN_OR_EQUAL_TO")]}
    for one in wanted:
        kind = owner_kind(one["ownerId"])
        if kind is not None:
            may_write(call, kind, "metafieldsSet")
    errors = [error for place, one in enumerate(wanted) if (error := _fault(call, one, str(place)))]
    if errors:
        return {"metafields": [], "userErrors": errors}
    return {"metafields": [_write(call, one) for one in wanted], "userErrors": []}


def _fault(call: Call, one: dict[str, Any], place: str) -> dict[str, Any] | None:
    """Return the first thing wrong with one entry."""
    here = ["metafields", place]
    kind, owner = owner_kind(one["ownerId"]), find_owner(call, one["ownerId"])
    if kind is None or owner is None:
        return _error([*here, "ownerId"], "Owner does not exist.", "INVALID")
    namespace = kept_namespace(call.app_id, one.get("namespace"))
    if belongs_to_any_app(namespace) and not owned_by(call.app_id, namespace):
        message = "Access to this namespace and key on Metafields for this resource type is not allowed."
        return _error([*here, "namespace"], message, "APP_NOT_AUTHORIZED")
    return _value_fault(call, one, here, kind, namespace) or _digest_fault(call, one, here, kind, namespace)


def _value_fault(call: Call, one: dict[str, Any], here: list[str], kind: Kind, namespace: str) -> dict[str, Any] | None:
    definition = definition_of(call, kind.owner_type, namespace, one["key"])
    known = _one(call, one, kind, namespace)
    named = one.get("type") or (definition.type if definition else known.type if known else None)
    if named is None:
        return _error([*here, "type"], "Type can't be blank", "BLANK")
    if named.removeprefix("list.") not in CATEGORIES:
        return _error([*here, "type"], "Type is not one Shopify knows.", "INCLUSION")
    if definition is not None and named != definition.type:
        message = f"Type must be consistent with the definition's type: '{definition.type}'."
        return _error([*here, "type"], message, "INVALID_TYPE")
    fault = fault_in(named, one["value"])
    return _error([*here, "value"], fault, "BLANK" if one["value"] == "" else "INVALID_VALUE") if fault else None


def _digest_fault(
    call: Call, one: dict[str, Any], here: list[str], kind: Kind, namespace: str
) -> dict[str, Any] | None:
    if "compareDigest" not in one:
        return None
    known = _one(call, one, kind, namespace)
    now = digest(known.value) if known else None
    return None if one["compareDigest"] == now else _error(here, STALE, "STALE_OBJECT")


def _one(call: Call, one: dict[str, Any], kind: Kind, namespace: str) -> Metafield | None:
    ident = read_gid(one["ownerId"])
    return call.session.scalars(
        select(Metafield)
        .where(
            Metafield.shop_id == call.shop.id,
            Metafield.owner_type == kind.owner_type,
            Metafield.owner_id == (ident[1] if ident else 0),
            Metafield.namespace == namespace,
            Metafield.key == one["key"],
        )
        .with_for_update()
    ).one_or_none()


def _write(call: Call, one: dict[str, Any]) -> Metafield:
    kind, ident = owner_kind(one["ownerId"]), read_gid(one["ownerId"])
    assert kind is not None and ident is not None  # noqa: S101, PT018  _fault has looked
    namespace = kept_namespace(call.app_id, one.get("namespace"))
    row = _one(call, one, kind, namespace)
    definition = definition_of(call, kind.owner_type, namespace, one["key"])
    if row is None:
        row = Metafield(
            shop_id=call.shop.id,
            owner_type=kind.owner_type,
            owner_id=ident[1],
            namespace=namespace,
            key=one["key"],
            created_at=call.now,
            updated_at=call.now,
            value="",
        )
        call.session.add(row)
    if row.value != one["value"]:
        row.updated_at = call.now
    row.type = one.get("type") or (definition.type if definition else row.type)
    row.value = one["value"]
    call.session.flush()
    return row


@field("Mutation", "metafieldsDelete")
def metafields_delete(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Delete metafields; one that was not there is answered with null in its place."""
    deleted: list[dict[str, Any] | None] = []
    for one in args["metafields"]:
        kind = owner_kind(one["ownerId"])
        if kind is None:
            error = {"field": ["metafields", str(len(deleted)), "ownerId"], "message": "Owner does not exist."}
            return {"deletedMetafields": None, "userErrors": [error]}
        may_write(call, kind, "metafieldsDelete")
        row = _one(call, one, kind, kept_namespace(call.app_id, one["namespace"]))
        if row is not None:
            call.session.execute(delete(Metafield).where(Metafield.id == row.id))
        deleted.append(one if row is not None else None)
    return {"deletedMetafields": deleted, "userErrors": []}


def _error(where: list[str], message: str, code: str) -> dict[str, Any]:
    return {"field": where, "message": message, "code": code, "elementIndex": None}
