"""Judge what an app wants to write into a metaobject, before anything is written."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from devstore.platform.admin_api.values import fault_in
from devstore.platform.tables import Metaobject, MetaobjectDefinition

HANDLE = re.compile(r"[a-z0-9][a-z0-9_-]{0,254}")


@dataclass(frozen=True)
class Upsert:
    """The arguments of metaobjectUpsert: the handle it is found by, the input, and values by key."""

    handle: str
    given: dict[str, Any]
    values: Any


@dataclass
class Judged:
    """What the metaobject would be; it is not written when there are errors."""

    handle: str
    status: str
    values: dict[str, str]
    errors: list[dict[str, Any]] = field(default_factory=list)


def judge(definition: MetaobjectDefinition, row: Metaobject | None, wanted: Upsert) -> Judged:
    """Return the metaobject as it would be, or the errors Shopify would name."""
    given = wanted.given
    handle = (given.get("handle") or wanted.handle).lower()
    capability = (given.get("capabilities") or {}).get("publishable") or {}
    # A new entry of a publishable kind starts as a draft; others are simply there.
    status = capability.get("status") or (row.status if row else "DRAFT" if definition.publishable else "ACTIVE")
    judged = Judged(handle, status, dict(row.values) if row else {})
    if not HANDLE.fullmatch(handle):
        judged.errors.append(_error(["handle", "handle"], "Handle is invalid", "INVALID", None))
    if capability and not definition.publishable:
        message = "Capability is not enabled on this definition"
        judged.errors.append(
            _error(["metaobject", "capabilities", "publishable"], message, "CAPABILITY_NOT_ENABLED", None)
        )
    kinds = {one["key"]: one["type"] for one in definition.fields}
    seen: set[str] = set()
    for place, (key, value) in enumerate(_pairs(wanted)):
        here = ["metaobject", "fields", str(place)]
        if key not in kinds:
            message = f'Field definition "{key}" does not exist'
            judged.errors.append(_error(here, message, "UNDEFINED_OBJECT_FIELD", key))
        elif key in seen:
            message = f'Field "{key}" duplicates other inputs'
            judged.errors.append(_error(here, message, "DUPLICATE_FIELD_INPUT", key))
        elif value == "":
            judged.values.pop(key, None)
        elif fault := fault_in(kinds[key], value):
            judged.errors.append(_error(here, fault, "INVALID_VALUE", key))
        else:
            judged.values[key] = value
        seen.add(key)
    for one in definition.fields:
        if one["required"] and one["key"] not in judged.values and one["key"] not in _broken(judged):
            judged.errors.append(_error([], f"{one['name']} can't be blank", "OBJECT_FIELD_REQUIRED", one["key"]))
    return judged


def _pairs(wanted: Upsert) -> list[tuple[str, str]]:
    pairs = [(one["key"], one["value"]) for one in wanted.given.get("fields") or []]
    if isinstance(wanted.values, dict):
        pairs += [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in wanted.values.items()]
    return pairs


def _broken(judged: Judged) -> set[Any]:
    return {error["elementKey"] for error in judged.errors}


def _error(where: list[str], message: str, code: str, key: str | None) -> dict[str, Any]:
    return {"field": where, "message": message, "code": code, "elementIndex": None, "elementKey": key}
