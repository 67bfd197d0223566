"""Give Liquid what a theme may see of the shop's metaobjects: ``shop.metaobjects[type][handle].key.value``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.platform.names import kept_type
from devstore.platform.tables import Metaobject, MetaobjectDefinition

PARSED = ("json", "rating", "number_integer", "number_decimal", "boolean")


class Metaobjects(Mapping[str, Any]):
    """All kinds of metaobjects of one shop, read when a template asks.

    ``$app:`` types are the app's own. Only entries that are ACTIVE, of a kind whose storefront access is
    PUBLIC_READ, can be seen: a theme on Shopify sees no others.
    """

    def __init__(self, session: Session, shop_id: int, app_id: int) -> None:
        self._session = session
        self._shop_id = shop_id
        self._app_id = app_id

    def __getitem__(self, written: str) -> Entries:
        definition = self._session.scalar(
            select(MetaobjectDefinition).where(
                MetaobjectDefinition.shop_id == self._shop_id,
                MetaobjectDefinition.type == kept_type(self._app_id, str(written)),
                MetaobjectDefinition.storefront_access == "PUBLIC_READ",
            )
        )
        if definition is None:
            raise KeyError(written)
        return Entries(self._session, definition)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class Entries(Mapping[str, Any]):
    """The entries of one kind, by handle."""

    def __init__(self, session: Session, definition: MetaobjectDefinition) -> None:
        self._session = session
        self._definition = definition

    def __getitem__(self, handle: str) -> dict[str, Any]:
        entry = self._session.scalar(
            select(Metaobject).where(
                Metaobject.definition_id == self._definition.id,
                Metaobject.handle == handle,
                Metaobject.status == "ACTIVE",
            )
        )
        if entry is None:
            raise KeyError(handle)
        kinds = {one["key"]: one["type"] for one in self._definition.fields}
        return show_fields(kinds, entry.values)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def show_fields(kinds: Mapping[str, str], values: Mapping[str, str]) -> dict[str, Any]:
    """Return fields as Liquid sees them: ``{key: {"type": …, "value": …}}``, with JSON and ratings parsed."""
    return {
        key: {"type": kind, "value": _parse(kind, values[key])}
        for key, kind in kinds.items()
        if values.get(key) is not None
    }


def _parse(kind: str, text: str) -> Any:
    if kind not in PARSED and not kind.startswith("list."):
        return text
    value = json.loads(text)
    if kind == "rating":
        return {"rating": value["value"], "scale_min": value["scale_min"], "scale_max": value["scale_max"]}
    return value
