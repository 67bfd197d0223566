"""Rules for every test: nothing skips silently, nothing hangs, the oracles run only where they are installed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import settings

# How long an example takes says what else the machine does, not whether the code is right.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

# Reasons for which a test may skip even in CI: the beginning of each, and why that is no loss. None so far.
SKIPS_THAT_DO_NOT_MATTER: tuple[str, ...] = ()

ONE_TEST_LIMIT_S = 400  # the slowest browser journey waits for a killed worker's leases

ORACLES_STAMP = Path(__file__).parent / ".cache" / "oracles" / "stamp"


@cache
def source(path: Path) -> str:
    """Return a test file's text."""
    return path.read_text("utf-8")


# bin/test runs one group beside the others, and a shell starts such a child deaf to Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


class TookTooLong(Exception):
    """Say that a test ran into the limit, so that a hang is a failure with a traceback."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the oracles where they are not installed (bin/oracle does it); refuse marks that bin/test would not see."""
    for item in items:
        for mark in ("browser", "oracle"):
            if item.get_closest_marker(mark) and f"mark.{mark}" not in source(item.path):
                message = f"{item.nodeid}: bin/test finds the mark {mark} only where the file itself spells it out"
                raise pytest.UsageError(message)
    if ORACLES_STAMP.is_file():
        return
    for item in items:
        if item.get_closest_marker("oracle"):
            item.add_marker(pytest.mark.skip(reason="the oracles are not installed: bin/oracle does it"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Interrupt a test that hangs, where the machine has alarms."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        message = f"{item.nodeid} ran longer than {ONE_TEST_LIMIT_S} s"
        raise TookTooLong(message)

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(ONE_TEST_LIMIT_S)
    try:
        return (yield)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[pytest.TestReport]:
    """Turn a skip into a failure in CI, where everything the tests need is installed."""
    report: pytest.TestReport = yield
    fail_a_skip_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[pytest.CollectReport]:
    """Do the same for a file that skips as a whole."""
    report: pytest.CollectReport = yield
    fail_a_skip_in_ci(report)
    return report


def fail_a_skip_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Change the report's outcome when it says skipped, CI runs, and no allowed reason is given."""
    if not CI or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if reason.removeprefix("Skipped: ").startswith(SKIPS_THAT_DO_NOT_MATTER or ("\0",)):
        return
    report.outcome = "failed"
    report.longrepr = f"skipped, which counts as a failure in CI: {reason}"
