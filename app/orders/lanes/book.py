"""Keep what a shop's lanes have taught, and read as much of it as is needed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Boolean, Text, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from app.kit.rows.question import SHOP, Question, ask
from app.kit.work import entered_shop
from app.orders.lanes.arrivals import Counts
from app.orders.lanes.expect import Fitted, LaneKey, Model
from app.orders.lanes.models import Lane, LaneBook
from app.orders.lanes.plain import counts_json, curve_json, curve_of_json, reach_json, reach_of_json

ABROAD = {"home": False, "abroad": True}

LANE: Final = Question(
    select(Lane.level, Lane.parcels, Lane.told, Lane.lost, Lane.middle, Lane.doubt, Lane.curve).where(
        Lane.shop_id == SHOP,
        Lane.carrier == bindparam("carrier", type_=Text),
        Lane.service == bindparam("service", type_=Text),
        Lane.country == bindparam("country", type_=Text),
        Lane.tracked == bindparam("tracked", type_=Boolean),
    )
)
BOOK: Final = Question(
    select(LaneBook.home, LaneBook.kinds).where(LaneBook.shop_id == SHOP, LaneBook.learned_at.is_not(None))
)


def keep(session: Session, book: LaneBook, model: Model, counts: Mapping[LaneKey, Counts], now: datetime) -> None:
    """Put what was learned in the place of what was known before."""
    book.home, book.learned_at = model.home, now
    book.kinds = {name: reach_json(model.reaches[abroad]) for name, abroad in ABROAD.items()}
    session.execute(delete(Lane).where(Lane.shop_id == book.shop_id))
    rows = [
        {
            "shop_id": book.shop_id,
            "carrier": key.carrier,
            "service": key.service,
            "country": key.country,
            "tracked": key.tracked,
            "level": lane.level,
            "parcels": lane.parcels,
            "told": lane.told,
            "lost": lane.lost,
            "middle": lane.middle,
            "doubt": lane.doubt,
            "curve": curve_json(lane.curve),
            "counts": counts_json(counts[key]),
        }
        for key, lane in model.lanes.items()
    ]
    if rows:
        session.execute(insert(Lane), rows)


def common(session: Session) -> Model | None:
    """Return what the shop's lanes have in common, without the lanes; None before anything was learned."""
    (rows,) = ask(session, (BOOK, {}))
    if not rows:
        return None
    home, kinds = rows[0]
    return Model(home, {}, {abroad: reach_of_json(kinds[name]) for name, abroad in ABROAD.items()})


def lane_of(session: Session, key: LaneKey) -> Fitted | None:
    """Return what is expected on a lane, None where nothing has been learned yet."""
    (rows,) = ask(session, (LANE, key._asdict()))
    if rows:
        return fitted(rows[0])
    model = common(session)
    return model.of(key) if model else None


def whole(session: Session) -> Model | None:
    """Return everything learned of the shop's lanes."""
    model = common(session)
    if model is None:
        return None
    rows = session.scalars(select(Lane).where(Lane.shop_id == entered_shop(session)))
    lanes = {LaneKey(row.carrier, row.service, row.country, row.tracked): fitted(row) for row in rows}
    return Model(model.home, lanes, model.reaches)


def fitted(row: Any) -> Fitted:
    """Return a stored lane."""
    return Fitted(row.level, row.parcels, row.told, row.lost, row.middle, row.doubt, curve_of_json(row.curve))
