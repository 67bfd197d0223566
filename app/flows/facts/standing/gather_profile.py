"""Ask a flow's profile again before a message goes, and whether the run should have ended by now.

What happens to the run's own order ends it in the transaction that records it; here is asked what nothing tells a run
by itself: conditions whose facts moved with time, and another order of the same person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.flows.facts.standing.known import About, known
from app.flows.facts.standing.standing import ordered_again, started_at
from app.flows.language.conditions.condition_words import finding_words
from app.flows.language.conditions.judge import asked, judge
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Happening
from app.flows.language.steps import Subject
from app.flows.models import Enrollment
from app.flows.rules.decision import ProfileFacts
from app.flows.runs.advance import Ended, Person, Standing, ended_by
from app.flows.timing.recipient_zone import RecipientZone
from app.kit.work import entered_shop
from app.orders.models import Order
from app.orders.parcels import Fulfillment

AGAIN: Final = Happening.ORDERED_AGAIN


def profiles(
    session: Session, runs: Sequence[tuple[int, Enrollment, Order, FlowDocument, RecipientZone]], now: datetime
) -> Mapping[int, ProfileFacts]:
    """Return what the flows ask again, by follow-up; those whose flow asks nothing are left out."""
    asking = [each for each in runs if asks(each[3]) or each[1].ended_reason in set(Ended)]
    if not asking:
        return {}
    parcels = {each[0]: _parcel(session, each[1]) for each in asking}
    wanted = frozenset().union(*(asked(each[3].profile) | asked(each[3].exit.condition) for each in asking))
    told = known(session, [About(each[0], each[2], parcels[each[0]]) for each in asking], wanted, now)
    again = ordered_again(session, [order for _, _, order, document, _ in asking if counts_orders(document)])
    found = {}
    for row_id, run, order, document, zone in asking:
        stands = Standing(
            started_at=started_at(run, order, parcels[row_id]),
            person=Person(order.shop_id, order.id),
            zone=zone.zone,
            known=told[row_id],
            happened={AGAIN: again[order.id]} if order.id in again else {},
        )
        found[row_id] = profile_of(run, document, stands, now)
    return found


def profile_of(run: Enrollment, document: FlowDocument, stands: Standing, now: datetime) -> ProfileFacts:
    """Return what a flow asks again of one run as it stands."""
    answer = judge(document.profile, stands.known)
    ended = run.ended_reason if run.ended_reason in set(Ended) else ended_by(document, stands, now)
    return ProfileFacts(
        answer.holds, tuple(finding_words(each) for each in answer.decisive) if not answer.holds else (), ended
    )


def asks(flow: FlowDocument) -> bool:
    """Say whether anything is asked again before a message of a flow goes."""
    return flow.profile is not None or flow.exit.condition is not None or counts_orders(flow)


def counts_orders(flow: FlowDocument) -> bool:
    """Say whether another order of the same person ends a flow's runs."""
    return AGAIN in flow.exit.on or (flow.goal is not None and flow.goal.event is AGAIN)


def _parcel(session: Session, run: Enrollment) -> Fulfillment | None:
    of_parcel = run.subject_kind == Subject.FULFILLMENT
    return session.get(Fulfillment, (entered_shop(session), run.subject_id)) if of_parcel else None
