"""Add up the counts of pytest's result files and print them as one line: `N passed, N failed, N skipped`."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def main(files: list[str]) -> None:
    """Print the sum; a missing or empty file counts as one failure, since its group never got that far."""
    total = failed = skipped = 0
    for name in files:
        suites = ET.parse(name).getroot().iter("testsuite") if Path(name).is_file() else []
        keys = ("tests", "failures", "errors", "skipped")
        counts = [tuple(int(suite.get(key, 0)) for key in keys) for suite in suites]
        if not counts:
            failed += 1
        for tests, failures, errors, skips in counts:
            total += tests - skips - failures - errors
            failed += failures + errors
            skipped += skips
    print(f"{total} passed, {failed} failed, {skipped} skipped")


if __name__ == "__main__":
    main(sys.argv[1:])
