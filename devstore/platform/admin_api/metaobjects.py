"""Answer for metaobjects and their definitions. The app's own (`$app:…`) take no scope, all others do."""

from typing import Any

from sqlalchemy import delete, func, select

from devstore.platform.admin_api.access import denied
from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from
from devstore.platform.admin_api.field import attributes, computed, field
from devstore.platform.admin_api.metaobject_values import Upsert, judge
from devstore.platform.admin_api.shop import the_app
from devstore.platform.admin_api.values import category, json_value
from devstore.platform.names import kept_type, owned_by, read_gid
from devstore.platform.tables import Metaobject, MetaobjectDefinition
from devstore.state.models import gid

attributes("MetaobjectDefinition", "name", "type", "description", "displayNameKey", "createdAt", "updatedAt")
computed(
    "MetaobjectDefinition",
    id=lambda row, call: gid("MetaobjectDefinition", row.id),
    fieldDefinitions=lambda row, call: row.fields,
    access=lambda row, call: {"admin": row.admin_access, "storefront": row.storefront_access},
    capabilities=lambda row, call: {"publishable": {"enabled": row.publishable}},
    metaobjectsCount=lambda row, call: _count(call, row),
    createdByApp=lambda row, call: the_app(call),
)
attributes("MetaobjectAccess", "admin", "storefront")
attributes("MetaobjectFieldDefinition", "key", "name", "description", "required")
computed("MetaobjectFieldDefinition", type=lambda row, call: {"name": row["type"], "category": category(row["type"])})
attributes("MetaobjectCapabilities", "publishable")
attributes("MetaobjectCapabilitiesPublishable", "enabled")
attributes("Metaobject", "handle", "createdAt", "updatedAt")
computed(
    "Metaobject",
    id=lambda row, call: gid("Metaobject", row.id),
    type=lambda row, call: _definition(call, row).type,
    displayName=lambda row, call: _display_name(call, row),
    createdByApp=lambda row, call: the_app(call),
    definition=lambda row, call: _definition(call, row),
    fields=lambda row, call: [_field(one, row) for one in _definition(call, row).fields],
    values=lambda row, call: dict(row.values),
    capabilities=lambda row, call: {
        "publishable": {"status": row.status} if _definition(call, row).publishable else None
    },
)
attributes("MetaobjectField", "key", "type", "value", "jsonValue", "definition")
attributes("MetaobjectCapabilityData", "publishable")
attributes("MetaobjectCapabilityDataPublishable", "status")


def definition_by_type(call: Call, written: str, name: str, scope: str) -> MetaobjectDefinition | None:
    """Return the definition of a type, once the app may use it.

    Raises GraphQLError without the scope, unless the type is the app's own.
    """
    kept = kept_type(call.app_id, written)
    if not owned_by(call.app_id, kept) and scope not in call.scopes:
        raise denied(name, (scope,))
    return call.session.scalars(
        select(MetaobjectDefinition).where(
            MetaobjectDefinition.shop_id == call.shop.id, MetaobjectDefinition.type == kept
        )
    ).one_or_none()


def one_metaobject(call: Call, number: int) -> Metaobject | None:
    """Return one metaobject of the shop the app may read."""
    row = call.session.get(Metaobject, number)
    if row is None or row.shop_id != call.shop.id:
        return None
    if not owned_by(call.app_id, _definition(call, row).type) and "read_metaobjects" not in call.scopes:
        raise denied("metaobject", ("read_metaobjects",))
    return row


@field("QueryRoot", "metaobject")
def metaobject(_: Any, call: Call, args: dict[str, Any]) -> Metaobject | None:
    """Return a metaobject by id."""
    ident = read_gid(args["id"])
    return one_metaobject(call, ident[1]) if ident and ident[0] == "Metaobject" else None


@field("QueryRoot", "metaobjectByHandle")
def metaobject_by_handle(_: Any, call: Call, args: dict[str, Any]) -> Metaobject | None:
    """Return a metaobject by type and handle."""
    wanted = args["handle"]
    definition = definition_by_type(call, wanted["type"], "metaobjectByHandle", "read_metaobjects")
    return _by_handle(call, definition, wanted["handle"]) if definition else None


@field("QueryRoot", "metaobjects")
def metaobjects(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of one type's metaobjects."""
    definition = definition_by_type(call, args["type"], "metaobjects", "read_metaobjects")
    statement = select(Metaobject).where(Metaobject.definition_id == (definition.id if definition else None))
    number = Metaobject.id.expression
    sort = Metaobject.updated_at.expression if args.get("sortKey") == "updated_at" else number
    return page_from(call.session, statement, args, sort, number)


@field("QueryRoot", "metaobjectDefinitionByType")
def metaobject_definition_by_type(_: Any, call: Call, args: dict[str, Any]) -> MetaobjectDefinition | None:
    """Return a definition by its type."""
    return definition_by_type(call, args["type"], "metaobjectDefinitionByType", "read_metaobject_definitions")


@field("Metaobject", "field")
def metaobject_field(row: Any, call: Call, args: dict[str, Any]) -> dict[str, Any] | None:
    """Return one field by its key."""
    found = next((one for one in _definition(call, row).fields if one["key"] == args["key"]), None)
    return _field(found, row) if found else None


@field("Mutation", "metaobjectDefinitionCreate")
def create_definition(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Create a definition; one of the app's own takes no scope."""
    wanted = args["definition"]
    kind = wanted["type"]
    if definition_by_type(call, kind, "metaobjectDefinitionCreate", "write_metaobject_definitions"):
        return _refused("metaobjectDefinition", ["definition", "type"], "Type has already been taken", "TAKEN")
    access = wanted.get("access") or {}
    own = owned_by(call.app_id, kept_type(call.app_id, kind))
    capabilities = wanted.get("capabilities") or {}
    row = MetaobjectDefinition(
        shop_id=call.shop.id,
        type=kept_type(call.app_id, kind),
        name=wanted.get("name") or kind.removeprefix("$app:").replace("_", " ").capitalize(),
        description=wanted.get("description"),
        display_name_key=wanted.get("displayNameKey"),
        fields=[
            {
                "key": one["key"],
                "name": one.get("name") or one["key"].replace("_", " ").capitalize(),
                "description": one.get("description"),
                "required": bool(one.get("required")),
                "type": one["type"],
            }
            for one in wanted.get("fieldDefinitions") or []
        ],
        admin_access=access.get("admin") or ("MERCHANT_READ" if own else "PUBLIC_READ_WRITE"),
        storefront_access=access.get("storefront") or "NONE",
        publishable=bool((capabilities.get("publishable") or {}).get("enabled")),
        created_at=call.now,
        updated_at=call.now,
    )
    call.session.add(row)
    call.session.flush()
    return {"metaobjectDefinition": row, "userErrors": []}


@field("Mutation", "metaobjectUpsert")
def upsert(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Create or change the metaobject at a handle; writing what is there already changes nothing."""
    wanted, given = args["handle"], args.get("metaobject") or {}
    definition = definition_by_type(call, wanted["type"], "metaobjectUpsert", "write_metaobjects")
    if definition is None:
        message = f'No metaobject definition exists for type "{wanted["type"]}"'
        return _refused("metaobject", ["handle", "type"], message, "UNDEFINED_OBJECT_TYPE")
    row = _by_handle(call, definition, wanted["handle"])
    judged = judge(definition, row, Upsert(wanted["handle"], given, args.get("values")))
    if judged.errors:
        return {"metaobject": None, "userErrors": judged.errors}
    if judged.handle != wanted["handle"] and _by_handle(call, definition, judged.handle):
        return _refused("metaobject", ["metaobject", "handle"], "Handle has already been taken", "TAKEN")
    if row is None:
        row = Metaobject(
            shop_id=call.shop.id,
            definition_id=definition.id,
            handle=judged.handle,
            values={},
            created_at=call.now,
            updated_at=call.now,
        )
        call.session.add(row)
    elif (row.values, row.status, row.handle) != (judged.values, judged.status, judged.handle):
        row.updated_at = call.now
    row.values, row.status, row.handle = judged.values, judged.status, judged.handle
    call.session.flush()
    return {"metaobject": row, "userErrors": []}


@field("Mutation", "metaobjectDelete")
def remove(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Delete a metaobject."""
    ident = read_gid(args["id"])
    row = call.session.get(Metaobject, ident[1]) if ident and ident[0] == "Metaobject" else None
    if row is None or row.shop_id != call.shop.id:
        return _refused("deletedId", ["id"], "Record not found", "RECORD_NOT_FOUND")
    if not owned_by(call.app_id, _definition(call, row).type) and "write_metaobjects" not in call.scopes:
        raise denied("metaobjectDelete", ("write_metaobjects",))
    call.session.execute(delete(Metaobject).where(Metaobject.id == row.id))
    return {"deletedId": args["id"], "userErrors": []}


def _by_handle(call: Call, definition: MetaobjectDefinition, handle: str) -> Metaobject | None:
    statement = select(Metaobject).where(Metaobject.definition_id == definition.id, Metaobject.handle == handle)
    return call.session.scalars(statement.with_for_update()).one_or_none()


def _definition(call: Call, row: Metaobject) -> MetaobjectDefinition:
    return call.session.get_one(MetaobjectDefinition, row.definition_id)


def _count(call: Call, row: MetaobjectDefinition) -> int:
    return call.session.scalar(select(func.count()).where(Metaobject.definition_id == row.id)) or 0


def _display_name(call: Call, row: Metaobject) -> str:
    key = _definition(call, row).display_name_key
    return str(row.values.get(key) or row.handle) if key else row.handle.replace("-", " ").title()


def _field(one: dict[str, Any], row: Metaobject) -> dict[str, Any]:
    value = row.values.get(one["key"])
    return {
        "key": one["key"],
        "type": one["type"],
        "value": value,
        "jsonValue": None if value is None else json_value(one["type"], value),
        "definition": one,
    }


def _refused(result: str, where: list[str], message: str, code: str) -> dict[str, Any]:
    error = {"field": where, "message": message, "code": code, "elementIndex": None, "elementKey": None}
    return {result: None, "userErrors": [error]}
