"""How unreliable the webhooks are, by script."""

from typing import Any

from flask import Response, jsonify
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.read import body, fraction, only, whole_number
from devstore.state.engine import unit_of_work
from devstore.state.models import Faults, TopicLoss
from devstore.world.refused import Refused


@blueprint.get("/faults")
def get_faults() -> Response:
    """Show the faults."""
    with unit_of_work(announce=False) as session:
        return jsonify(_faults(session))


@blueprint.post("/faults")
def post_faults() -> Response:
    """Set `lose` (0 to 1), `copies` (1 to 10), `shuffle_seconds`, `delay_seconds`, `seed`; what is absent stays.

    `lose_topics` maps topics to shares of their own and replaces those set before.
    """
    given = body()
    only(given, "lose", "copies", "shuffle_seconds", "delay_seconds", "seed", "lose_topics")
    with unit_of_work() as session:
        faults = session.get_one(Faults, 1)
        if "lose" in given:
            faults.lose = fraction(given, "lose", 0, 1)
        if "copies" in given:
            faults.copies = whole_number(given, "copies")
            if not 1 <= faults.copies <= 10:
                raise Refused("copies", "copies must be 1 to 10.")
        if "shuffle_seconds" in given:
            faults.shuffle_seconds = fraction(given, "shuffle_seconds", 0, 86_400)
        if "delay_seconds" in given:
            faults.delay_seconds = fraction(given, "delay_seconds", 0, 86_400 * 3)
        if "seed" in given:
            faults.seed, faults.drawn = whole_number(given, "seed"), 0
        if "lose_topics" in given:
            _set_topics(session, given["lose_topics"])
        return jsonify(_faults(session))


def _set_topics(session: Session, shares: object) -> None:
    if not isinstance(shares, dict):
        raise Refused("lose_topics", "lose_topics must map topics to numbers from 0 to 1.")
    session.execute(delete(TopicLoss))
    for topic in shares:
        if "\0" in topic:
            raise Refused("lose_topics", "A topic has no such letter.")
        session.add(TopicLoss(topic=topic, share=fraction(shares, topic, 0, 1)))
    session.flush()


def _faults(session: Session) -> dict[str, Any]:
    faults = session.get_one(Faults, 1)
    return {
        "lose": faults.lose,
        "lose_topics": {one.topic: one.share for one in session.scalars(select(TopicLoss))},
        "copies": faults.copies,
        "shuffle_seconds": faults.shuffle_seconds,
        "delay_seconds": faults.delay_seconds,
        "seed": faults.seed,
        "drawn": faults.drawn,
    }
