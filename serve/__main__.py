"""Start Welltimed on this machine; `bin/run` execs this with the first Python that runs.

Runs twice in one process: with any Python from 3.11 until the venv stands, then as the venv's own.
"""

import sys

from serve.signals import Signals


def run() -> int:
    """Take over the signals before anything else is even imported, then run."""
    signals = Signals()
    signals.listen()
    from serve.main import main  # noqa: PLC0415 - a stop must count from the first moment

    return main(signals)


if __name__ == "__main__":
    sys.exit(run())
