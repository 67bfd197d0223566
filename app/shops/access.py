"""What a refused token means: renew it once; where that is refused too, the app was removed or cut off."""

from __future__ import annotations

from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.shopify.entry.token_pair import ClientRefused, GrantRefused, TokenFault
from app.shops import install, tokens


def lose_access(runtime: Runtime, shop_id: int) -> bool:
    """Return whether a fresh token was had after all; else nothing more is sent for the shop until it reconnects.

    Shopify answers 401 after an uninstall, so a lost app/uninstalled shows here.
    """
    try:
        tokens.renew(runtime, shop_id, even_if_fresh=True)
    except (GrantRefused, ClientRefused):
        with unit_of_work(runtime, shop_id=shop_id) as session:
            install.need_reconnection(session, shop_id)
        return False
    except TokenFault:
        return False  # cannot be asked now; the next call finds out
    return True
