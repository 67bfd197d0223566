"""Say what may become of messages whose time passed while sending was off, the default first."""

from __future__ import annotations

from dataclasses import dataclass

from app.flows.planning.by_hand.pause import Waiting
from app.flows.planning.by_hand.release import OnResume
from app.flows.words.count_words import counted


@dataclass(frozen=True, slots=True)
class ResumeChoice:
    """One way to resume, with what it does."""

    value: str
    label: str
    details: str


def resume_choices(waiting: Waiting) -> list[ResumeChoice]:
    """Return the ways to resume, the default first."""
    fresh = waiting.due - waiting.late
    goes = f"{counted(fresh, 'goes', 'go')} out at the next allowed hour"
    late = counted(waiting.late, "is over a day late and left out", "are over a day late and left out")
    return [
        ResumeChoice(
            OnResume.DROP_LATE,
            "Send those less than a day late",
            f"{goes}; {late}." if waiting.late else f"{goes}.",
        ),
        ResumeChoice(
            OnResume.SHIFT,
            "Move everything by the length of the pause",
            "Each person's messages keep their distance from one another.",
        ),
        ResumeChoice(
            OnResume.SEND,
            "Send all of them",
            f"{counted(waiting.due, 'message')} at the next allowed hour, however late.",
        ),
        ResumeChoice(OnResume.SKIP, "Send none of them", f"{counted(waiting.due, 'message')} left out for good."),
    ]
