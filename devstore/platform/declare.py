"""Create the metafield and metaobject definitions the app's configuration declares."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.platform.app_file import AppFile
from devstore.platform.names import app_namespace, app_type
from devstore.platform.tables import MetafieldDefinition, MetaobjectDefinition


def declare(session: Session, shop_id: int, app: AppFile, *, app_id: int, now: datetime) -> None:
    """Bring the shop's definitions up to the configuration; values already written stay."""
    namespace = app_namespace(app_id)
    for owner, key, wanted in app.metafields:
        found = session.scalars(
            select(MetafieldDefinition).where(
                MetafieldDefinition.shop_id == shop_id,
                MetafieldDefinition.owner_type == owner,
                MetafieldDefinition.namespace == namespace,
                MetafieldDefinition.key == key,
            )
        ).one_or_none()
        if found is None:
            found = MetafieldDefinition(shop_id=shop_id, owner_type=owner, namespace=namespace, key=key)
            session.add(found)
        access = wanted.get("access", {})
        found.name = wanted.get("name", key)
        found.type = wanted["type"]
        found.description = wanted.get("description")
        found.admin_access = access.get("admin", "merchant_read").upper()
        found.storefront_access = access.get("storefront", "none").upper()
    for name, wanted in app.metaobjects:
        kind = app_type(app_id, name)
        known = session.scalars(
            select(MetaobjectDefinition).where(
                MetaobjectDefinition.shop_id == shop_id, MetaobjectDefinition.type == kind
            )
        ).one_or_none()
        if known is None:
            known = MetaobjectDefinition(shop_id=shop_id, type=kind, created_at=now)
            session.add(known)
        access = wanted.get("access", {})
        known.name = wanted.get("name", name)
        known.description = wanted.get("description")
        known.display_name_key = wanted.get("display_name_field")
        known.admin_access = access.get("admin", "merchant_read").upper()
        known.storefront_access = access.get("storefront", "none").upper()
        known.publishable = bool(wanted.get("capabilities", {}).get("publishable", False))
        known.fields = [
            {
                "key": key,
                "name": field.get("name", key) if isinstance(field, dict) else key,
                "description": field.get("description") if isinstance(field, dict) else None,
                "required": bool(field.get("required", False)) if isinstance(field, dict) else False,
                "type": field["type"] if isinstance(field, dict) else field,
            }
            for key, field in wanted.get("fields", {}).items()
        ]
        known.updated_at = now
    session.flush()
