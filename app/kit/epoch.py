"""Know when the database is an older copy of itself: restored from a backup, or a stand-by that took over.

What was acknowledged and sent between the copy and its return is not in it, so nobody may act on it as if it were the
whole truth. The database carries the identity of the place it was written in; a copy put back, into another cluster or
under the same name again, finds itself elsewhere, and a stand-by that took over finds itself on another timeline.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import business_now, offset, real_now
from app.kit.models import Epoch, Heartbeat, Restoration
from app.kit.rows.question import Question
from app.kit.runtime import Runtime

# The identifier is the cluster's for ever, the timeline changes when a stand-by takes over or a recovery ends at a
# point in time, and the database's own number changes when it is made anew.
IDENTITY = (
    "select system_identifier || '/' || timeline_id || '/' || oid from pg_control_system(), pg_control_checkpoint(),"
    " pg_database where datname = current_database()"
)
UNSEEN = timedelta(days=7)  # how far back is doubted where the copy does not say when it was made

log = structlog.get_logger()


def note(session: Session) -> Restoration | None:
    """Return the restoration that has just been found out, and keep it; None while all is as it was left.

    Asked with the system role. Several may ask at once: one of them finds it, and tells whoever wiring names.
    """
    here = str(session.scalar(text(IDENTITY)))
    known = session.scalar(select(Epoch.identity))
    if known == here:
        return None
    session.execute(insert(Epoch).values(id=1, identity=here).on_conflict_do_nothing())
    epoch = session.scalars(select(Epoch).with_for_update().execution_options(populate_existing=True)).one()
    if epoch.identity == here:
        return None
    epoch.identity = here
    found = Restoration(lost_from=_written_last(session), lost_until=business_now(session), noted_at=real_now())
    session.add(found)
    session.flush()
    runtime: Runtime = session.info["runtime"]
    for told in runtime.parts.get("restored", ()):
        told(session)
    log.warning("database_restored", lost_from=found.lost_from.isoformat(), lost_until=found.lost_until.isoformat())
    return found


RESTORATIONS = Question(select(Restoration.__table__).order_by(Restoration.id))


def restorations(session: Session) -> list[Restoration]:
    """Return every restoration there was, the oldest first."""
    return list(session.scalars(select(Restoration).order_by(Restoration.id)))


def unreleased(session: Session) -> Restoration | None:
    """Return the latest restoration while nothing may be sent because of it."""
    return session.scalars(
        select(Restoration).where(Restoration.released_at.is_(None)).order_by(Restoration.id.desc()).limit(1)
    ).one_or_none()


def waits_for(session: Session, shop_id: int) -> Restoration | None:
    """Return the latest restoration while nothing may be sent for a shop because of it."""
    holds = Restoration.released_at.is_(None) | (Restoration.left_behind.any_() == shop_id)
    return session.scalars(select(Restoration).where(holds).order_by(Restoration.id.desc()).limit(1)).one_or_none()


def _written_last(session: Session) -> datetime:
    """Return when the copy was made, business time: the ticker shows each second that it lives."""
    beat = session.scalar(select(func.max(Heartbeat.beat_at)))
    return (beat or real_now() - UNSEEN) + offset(session)
