"""Say no to an action the way a form would: which field, and why."""


class Refused(Exception):
    """The action makes no sense for the store as it is; `field` names what to change."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
