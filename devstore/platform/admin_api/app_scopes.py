"""Let the app give up optional scopes."""

from typing import Any

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.field import field
from devstore.platform.announce import revoke
from devstore.platform.install import ScopeRefused
from devstore.platform.scopes import reason


@field("Mutation", "appRevokeAccessScopes")
def revoke_access_scopes(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Take scopes away from the calling app; required ones stay."""
    wanted = args["scopes"]
    unknown = [scope for scope in wanted if scope not in call.installation.scopes]
    if unknown:
        message = f"The requested list of scopes to revoke includes invalid handles: {', '.join(unknown)}."
        return _refused(message, "UNKNOWN_SCOPES")
    try:
        revoke(call.session, call.shop, wanted)
    except ScopeRefused as refusal:
        return _refused(str(refusal), "CANNOT_REVOKE_REQUIRED_SCOPES")
    return {"revoked": [{"handle": scope, "description": reason(scope)} for scope in wanted], "userErrors": []}


def _refused(message: str, code: str) -> dict[str, Any]:
    return {"revoked": None, "userErrors": [{"field": ["scopes"], "message": message, "code": code}]}
