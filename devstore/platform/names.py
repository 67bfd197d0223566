"""Translate between the names an app writes (`$app:x`) and the ones Shopify keeps (`app--123--x`)."""

import hashlib
import re

GID = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9]{1,18})(?:\?.*)?")


def app_number(client_id: str) -> int:
    """Return the app's number, the same at every start."""
    return int(hashlib.sha256(client_id.encode()).hexdigest()[:9], 16)


def app_namespace(app_id: int, suffix: str = "") -> str:
    """Return the kept namespace of the app's own metafields, with a part of its own if named."""
    return f"app--{app_id}--{suffix}" if suffix else f"app--{app_id}"


def app_type(app_id: int, name: str) -> str:
    """Return the kept type of the app's own metaobject `name`."""
    return f"app--{app_id}--{name}"


def kept_namespace(app_id: int, written: str | None) -> str:
    """Return the kept form of a namespace an app wrote; nothing and `$app` mean its own."""
    if written is None or written == "$app":
        return app_namespace(app_id)
    if written.startswith("$app:"):
        return app_namespace(app_id, written[5:])
    return written


def kept_type(app_id: int, written: str) -> str:
    """Return the kept form of a metaobject type an app wrote."""
    return app_type(app_id, written[5:]) if written.startswith("$app:") else written


def owned_by(app_id: int, kept: str) -> bool:
    """Say whether a kept namespace or type belongs to the app."""
    return kept == app_namespace(app_id) or kept.startswith(app_namespace(app_id) + "--")


def belongs_to_any_app(kept: str) -> bool:
    """Say whether a kept namespace or type is reserved for some app."""
    return kept.startswith("app--")


def read_gid(text: str) -> tuple[str, int] | None:
    """Return kind and number of a global id, or nothing if it is not one."""
    match = GID.fullmatch(text)
    return (match[1], int(match[2])) if match else None
