"""One clone runs once."""

import os
import subprocess
import sys

import pytest

from serve import lock
from serve.errors import CannotServe

_OTHER = """
import sys
from pathlib import Path
from serve import lock
held = lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_start_names_the_pid_of_the_first(tmp_path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", _OTHER, tmp_path], **pipes) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(CannotServe, match=rf"Already running, pid {other.pid}\."):
            lock.take(tmp_path)
        other.kill()
    os.close(lock.take(tmp_path))  # a killed holder holds nothing


def test_children_do_not_hold_the_lock(tmp_path):
    held = lock.take(tmp_path)
    lock.keep_over_exec(held)
    lock.keep_from_children()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", "print(); input()"], close_fds=False, **pipes) as child:
        assert child.stdout.readline() == b"\n"
        os.close(held)
        os.close(lock.take(tmp_path))
        child.communicate(b"\n")
    assert not lock.is_kept()
