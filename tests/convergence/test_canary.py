"""A person's name and address are in the mails and in the database, and nowhere else."""

import subprocess
import sys

from tests.convergence.canary import NAME
from tests.house.places import ROOT


def test_neither_logs_nor_redis_name_anybody():
    command = [sys.executable, "-m", "tests.convergence.canary"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=150, check=False)
    left = done.stdout + done.stderr
    assert done.returncode == 0, left[-3000:]
    assert done.stdout.splitlines()[-1] == b"4 mails, 4 parked"
    assert b"webhook_failed" in left  # the trouble was had, and was logged
    assert b"app.kit.jobs.look" in left  # and Redis was looked into
    assert left.lower().count(NAME.encode()) == 0
