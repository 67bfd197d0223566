"""Answer for metafield definitions: read, create, and enable Shopify's standard ones."""

from typing import Any

from sqlalchemy import select

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from
from devstore.platform.admin_api.field import attributes, computed, field
from devstore.platform.admin_api.owners import kind_of_type, may_write
from devstore.platform.admin_api.values import CATEGORIES, category
from devstore.platform.names import belongs_to_any_app, kept_namespace, owned_by
from devstore.platform.tables import MetafieldDefinition
from devstore.state.models import gid

# Owner type, namespace, key: name and type.
STANDARD = {
    ("PRODUCT", "reviews", "rating"): ("Product rating", "rating"),
    ("PRODUCT", "reviews", "rating_count"): ("Product rating count", "number_integer"),
}

attributes("MetafieldDefinition", "name", "namespace", "key", "ownerType", "description")
computed(
    "MetafieldDefinition",
    id=lambda row, call: gid("MetafieldDefinition", row.id),
    type=lambda row, call: {"name": row.type, "category": category(row.type)},
    access=lambda row, call: {"admin": row.admin_access, "storefront": row.storefront_access},
)
attributes("MetafieldDefinitionType", "name", "category")
attributes("MetafieldAccess", "admin", "storefront")


def definition_of(call: Call, owner_type: str, namespace: str, key: str) -> MetafieldDefinition | None:
    """Return the definition of a metafield, its namespace in the kept form."""
    return call.session.scalars(
        select(MetafieldDefinition).where(
            MetafieldDefinition.shop_id == call.shop.id,
            MetafieldDefinition.owner_type == owner_type,
            MetafieldDefinition.namespace == namespace,
            MetafieldDefinition.key == key,
        )
    ).one_or_none()


@field("QueryRoot", "metafieldDefinitions")
def metafield_definitions(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of definitions for one kind of owner."""
    statement = select(MetafieldDefinition).where(
        MetafieldDefinition.shop_id == call.shop.id, MetafieldDefinition.owner_type == args["ownerType"]
    )
    if args.get("namespace") is not None:
        kept = kept_namespace(call.app_id, args["namespace"])
        statement = statement.where(MetafieldDefinition.namespace == kept)
    if args.get("key") is not None:
        statement = statement.where(MetafieldDefinition.key == args["key"])
    number = MetafieldDefinition.id.expression
    return page_from(call.session, statement, args, number, number)


@field("Mutation", "metafieldDefinitionCreate")
def create(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Create a definition in a merchant's or the app's own namespace."""
    wanted = args["definition"]
    may_write(call, kind_of_type(wanted["ownerType"]), "metafieldDefinitionCreate")
    namespace = kept_namespace(call.app_id, wanted.get("namespace"))
    own = owned_by(call.app_id, namespace)
    access = wanted.get("access") or {}
    if belongs_to_any_app(namespace) and not own:
        return _refused("namespace", "Namespace is reserved for another app.", "RESERVED_NAMESPACE_KEY")
    if access.get("admin") and not own:
        message = 'Setting this access control is not permitted. It must be one of ["public_read_write"].'
        return _refused("access", message, "ADMIN_ACCESS_INPUT_NOT_ALLOWED")
    if wanted["type"].removeprefix("list.") not in CATEGORIES:
        return _refused("type", "Type name is not a valid type.", "INCLUSION")
    if definition_of(call, wanted["ownerType"], namespace, wanted["key"]):
        owner = wanted["ownerType"].capitalize()
        return _refused("key", f"Key is in use for {owner} metafields on the '{namespace}' namespace.", "TAKEN")
    row = MetafieldDefinition(
        shop_id=call.shop.id,
        owner_type=wanted["ownerType"],
        namespace=namespace,
        key=wanted["key"],
        name=wanted["name"],
        type=wanted["type"],
        description=wanted.get("description"),
        admin_access=access.get("admin") or ("MERCHANT_READ" if own else "PUBLIC_READ_WRITE"),
        storefront_access=access.get("storefront") or "NONE",
    )
    call.session.add(row)
    call.session.flush()
    return {"createdDefinition": row, "userErrors": []}


@field("Mutation", "standardMetafieldDefinitionEnable")
def enable(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Enable a standard definition; enabling it again gives the same one back."""
    owner_type, namespace, key = args["ownerType"], args.get("namespace"), args.get("key")
    may_write(call, kind_of_type(owner_type), "standardMetafieldDefinitionEnable")
    template = STANDARD.get((owner_type, namespace or "", key or ""))
    if template is None or namespace is None or key is None:
        message = "A standard definition wasn't found for the specified owner type, namespace, and key."
        error = {"field": None, "message": message, "code": "TEMPLATE_NOT_FOUND"}
        return {"createdDefinition": None, "userErrors": [error]}
    row = definition_of(call, owner_type, namespace, key)
    if row is None:
        row = MetafieldDefinition(
            shop_id=call.shop.id,
            owner_type=owner_type,
            namespace=namespace,
            key=key,
            name=template[0],
            type=template[1],
            admin_access="PUBLIC_READ_WRITE",
            storefront_access=(args.get("access") or {}).get("storefront") or "PUBLIC_READ",
        )
        call.session.add(row)
        call.session.flush()
    return {"createdDefinition": row, "userErrors": []}


def _refused(name: str, message: str, code: str) -> dict[str, Any]:
    error = {"field": ["definition", name], "message": message, "code": code}
    return {"createdDefinition": None, "userErrors": [error]}
