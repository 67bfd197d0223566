"""The one way a payload can be wrong."""

from __future__ import annotations


class PayloadError(Exception):
    """Say which field of a payload cannot be used and why; a webhook is parked with it, an Admin reply refused.

    Neither `field` (a path of names) nor `problem` ever holds a value out of the payload: both are stored and logged.
    """

    def __init__(self, field: str, problem: str) -> None:
        """Take the path of the field and what is wrong with it."""
        super().__init__(f"{field} {problem}")
        self.field = field
        self.problem = problem
