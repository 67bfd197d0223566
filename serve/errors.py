"""What stops the supervisor with one plain sentence instead of a traceback."""


class CannotServe(Exception):
    """Say what is wrong and what would put it right, in words for a terminal."""
