"""Run the programs behind big claims in processes of their own, side by side, and read the JSON they print."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.prove.claims import ROOT


def aside(*commands):
    """Run `python -m …` for each command at once; return what each printed, in order. Raises where one fails."""
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(_one, commands))


def _one(command):
    words = [sys.executable, "-m", *map(str, command)]
    done = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
        message = f"{' '.join(words[2:])} ended with {done.returncode}"
        raise RuntimeError(message)
    return json.loads(done.stdout)
