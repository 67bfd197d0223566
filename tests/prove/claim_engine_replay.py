"""Claims about the time machine: what was sent comes out of stored events again, without the decisions made then."""

from collections import Counter

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, claim

MONTHS = ("july", "august", "september", "october", "november")  # by `--seeds 1-5`, a command for some at a time
AT_ONCE = 2


@claim("engine", "Replaying played months from stored events, decisions forgotten, equals what was sent", quick=True)
def as_it_was(scale: Scale) -> Figure:
    """Play journeys through the app for a month, buttons about single messages pressed on the way.

    Empty the decisions, replay, and compare thing by thing.
    """
    first, last = scale.seeds or (1, scale(len(MONTHS), quick=1))
    seeds, journeys = [_seed(number) for number in range(first, last + 1)], scale(60, quick=2)
    told = [
        month
        for place in range(0, len(seeds), AT_ONCE)
        for month in aside(*(("tests.replay.played", journeys, seed) for seed in seeds[place : place + AT_ONCE]))
    ]
    sums = {name: sum(month[name] for month in told) for name in ("mails", "things", "evaluations")}
    reasons, pressed = (sum((Counter(month[name]) for month in told), Counter()) for name in ("reasons", "pressed"))
    differ = [each for month in told for each in month["differences"]]
    words = (
        f"{len(seeds)} months of {journeys} journeys, {sums['mails']:,} mails about {sums['things']:,} things,"
        f" {sums['evaluations']:,} evaluations, {len(reasons) - 1} reasons not to send, by hand {pressed['skip']} left"
        f" out, {pressed['again']} planned or sent again, {pressed['leave']} left as they were:"
        f" {len(differ)} differences {differ[:2] or ''}"
    )
    return Figure(f"{words}; seeds {', '.join(seeds)}", holds=not differ and sums["mails"] > 0)


def _seed(number: int) -> str:
    return MONTHS[number - 1] if number <= len(MONTHS) else f"month {number}"
