"""What the page around the frame asks on the app's behalf: scopes and extensions."""

from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from devstore.admin.frame import app_file, blueprint, in_shop
from devstore.config import settings
from devstore.platform.announce import grant, revoke
from devstore.platform.install import NotInstalled, ScopeRefused, installation_of
from devstore.platform.scopes import reason
from devstore.state.models import Shop


@blueprint.errorhandler(ScopeRefused)
@blueprint.errorhandler(NotInstalled)
def scope_refused(fault: Exception) -> ResponseReturnValue:
    """Say why the scopes stay as they are."""
    return jsonify(error={"code": "refused", "message": str(fault)}), 422


@blueprint.get("/<handle>/scopes.json")
def scopes(handle: str) -> Response:
    """Return what is granted, required and optional, and what each scope is for."""
    with in_shop(handle) as (session, shop):
        return jsonify(_detail(session, shop))


@blueprint.post("/<handle>/scopes.json")
def change_scopes(handle: str) -> Response:
    """Grant or revoke optional scopes: `{"grant": [...]}` or `{"revoke": [...]}`."""
    given = request.get_json(silent=True)
    wanted = given if isinstance(given, dict) else {}
    with in_shop(handle, announce=True) as (session, shop):
        grant(session, shop, _names(wanted.get("grant")))
        revoke(session, shop, _names(wanted.get("revoke")))
        return jsonify(_detail(session, shop))


@blueprint.get("/<handle>/extensions.json")
def extensions(handle: str) -> Response:
    """Return the theme extension's blocks: the demo's theme shows them all."""
    with in_shop(handle):
        folder = settings().app_folder / "extension" / "theme" / "blocks"
        blocks = sorted(file.stem for file in folder.glob("*.liquid")) if folder.is_dir() else []
        placed = [
            {
                "target": "section",
                "handle": block,
                "name": block.replace("-", " ").capitalize(),
                "status": "active",
                "activations": [{"target": "template-product", "themeId": "gid://shopify/OnlineStoreTheme/1"}],
            }
            for block in blocks
        ]
        return jsonify([{"handle": "theme", "type": "theme_app_extension", "activations": placed}] if placed else [])


def _detail(session: Session, shop: Shop) -> dict[str, Any]:
    app = app_file()
    granted = list(installation_of(session, shop).scopes)
    return {
        "granted": granted,
        "required": list(app.scopes),
        "optional": list(app.optional_scopes),
        "reasons": {scope: reason(scope) for scope in (*app.scopes, *app.optional_scopes)},
    }


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []
