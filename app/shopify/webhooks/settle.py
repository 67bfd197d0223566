"""Write how far a received webhook has come."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.kit.rows.one_trip import one_trip
from app.shopify.models import InboxState
from app.shopify.webhooks.erase_bodies import NOTHING

SETTLE: Final = """
update webhook_inbox set state = %(state)s, reason = %(reason)s, lease_until = null, body = coalesce(%(body)s, body),
    applied_at = case when %(state)s = 'applied' then now() end
where id = %(id)s"""


def spend_body(session: Session) -> None:
    """Have the body that is being applied emptied with it, not 30 days later: it names somebody who is erased."""
    session.info["spend_body"] = True


def settle(session: Session, row_id: int, state: InboxState, reason: str | None = None) -> None:
    """Write a row's state, the database's own instant with it, and empty the body where it is spent."""
    body = NOTHING if session.info.get("spend_body") else None
    one_trip(session, [(SETTLE, {"id": row_id, "state": state.value, "reason": reason, "body": body})])
