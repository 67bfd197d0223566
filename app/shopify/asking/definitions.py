"""Read what shopify.app.toml declares, and hold what a shop has against it: one source for both ways to define."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.config import ROOT
from app.shopify.payloads.fields import Fields


@dataclass(frozen=True, slots=True)
class Declared:
    """Hold one kind of metaobject as the file declares it. `fields` maps each key to its type."""

    type: str
    storefront: str
    fields: dict[str, str]
    creation: dict[str, Any]  # MetaobjectDefinitionCreateInput


@cache
def declared(name: str) -> Declared:
    """Return the declaration `[metaobjects.app.<name>]`; raise KeyError where there is none."""
    raw = tomllib.loads((ROOT / "shopify.app.toml").read_text(encoding="utf-8"))["metaobjects"]["app"][name]
    access = {who: str(what).upper() for who, what in raw["access"].items()}
    kind = f"$app:{name}"
    return Declared(
        type=kind,
        storefront=access["storefront"],
        fields={key: field["type"] for key, field in raw["fields"].items()},
        creation={
            "type": kind,
            "name": raw["name"],
            "description": raw.get("description"),
            "access": access,
            "fieldDefinitions": [_field(key, field) for key, field in raw["fields"].items()],
        },
    )


def differences(wanted: Declared, there: Fields) -> list[str]:
    """Return how a shop's definition falls short, one phrase each; a field beyond ours harms nobody."""
    types = {field.text("key"): field.child("type").text("name") for field in there.children("fieldDefinitions")}
    found = [
        f"the field {key} is {types[key]}, not {kind}" if key in types else f"the field {key} is missing"
        for key, kind in wanted.fields.items()
        if types.get(key) != kind
    ]
    storefront = there.child("access").text("storefront")
    if storefront != wanted.storefront:
        found.append(f"storefront access is {storefront}, not {wanted.storefront}")
    return found


def _field(key: str, field: dict[str, Any]) -> dict[str, Any]:
    validations = [{"name": name, "value": str(value)} for name, value in field.get("validations", {}).items()]
    return {
        "key": key,
        "name": field["name"],
        "type": field["type"],
        "required": bool(field.get("required", False)),
        "validations": validations,
    }
