"""Claims about a database that was lost and put back."""

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, claim


@claim("engine", "Restored from a six-hour-old copy in the middle of it all, nothing is sent twice or lost")
def restored(scale: Scale) -> Figure:
    """Put copies back in the middle of journeys, and hold the mail listener's own log against the truth."""
    count, days = scale(40, quick=4), 3
    runs = aside(*(("tests.restoring.drill", count // 2, f"drill {number}", days) for number in range(2)))
    judged = [run["judged"] for run in runs]
    times, mails, events = (
        sum(run[name] for run in runs) for name in ("put_back", "forgotten_mails", "forgotten_events")
    )
    must, sent = (sum(one[name] for one in judged) for name in ("must", "sent"))
    faults = [fault for run in runs for fault in run["faults"]]
    words = (
        f"{count} journeys, {times} copies put back, {mails} mails and {events} events forgotten; {must} had to be"
        f" said, {sent} were; {len(faults)} twice, lost or wrong {faults[:2] or ''}"
    )
    return Figure(words, holds=not faults and mails > 0 and sent >= must > 0)
