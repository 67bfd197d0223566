"""Run the programs behind big claims in processes of their own, side by side, and read the JSON they print."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.prove.claims import ROOT


def aside(*commands):
    """Run `python -m …` for each command at once; return what each printed, in order. Raises where one fails.

    Where there is one for every core, each keeps to its own with the servers it begins: what asks and what answers in
    turn would else carry its memory from core to core at every question, for a third more of the processor's time.
    """
    cores = sorted(os.sched_getaffinity(0))
    homes = [
        {cores[place % len(cores)]} if len(commands) >= len(cores) else set(cores) for place in range(len(commands))
    ]
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(_one, commands, homes))


def _one(command, cores):
    words = [sys.executable, "-m", *map(str, command)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=ROOT, text=True, **pipes) as run:
        os.sched_setaffinity(run.pid, cores)  # before it begins anything: it has yet to read its modules
        told, complaint = run.communicate()
    if run.returncode:
        sys.stderr.write(complaint[-4000:])
        message = f"{' '.join(words[2:])} ended with {run.returncode}"
        raise RuntimeError(message)
    return json.loads(told)
