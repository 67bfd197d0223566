"""Claims about the time machine: what was sent comes out of stored events again, without the decisions made then."""

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, claim

SEED = "replay"


@claim("engine", "Replaying a played month from stored events, decisions forgotten, equals what was sent", quick=True)
def as_it_was(scale: Scale) -> Figure:
    """Play journeys through the app for a month, empty the decisions, replay, and compare thing by thing."""
    journeys = scale(60, quick=2)
    (told,) = aside(("tests.replay.played", journeys, SEED))
    reasons = len(told["reasons"]) - 1
    words = (
        f"{journeys} journeys, {told['mails']} mails about {told['things']} things, {told['evaluations']} evaluations,"
        f" {reasons} reasons not to send: {len(told['differences'])} differences {told['differences'][:2] or ''}"
    )
    return Figure(f"{words}; seed {SEED}", holds=not told["differences"] and told["mails"] > 0)
