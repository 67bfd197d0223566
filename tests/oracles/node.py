"""Run the scripts in oracles/ with the Node.js that bin/oracle installed."""

import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "oracles"
NODE = CACHE / "bin" / "node"
MODULES = ROOT / "oracles" / "node_modules"
LIMIT_S = 120


def run(script, *arguments, given=""):
    """Run oracles/<script> and return what it printed; raise CalledProcessError when it failed."""
    command = [str(NODE), str(ROOT / "oracles" / script), *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=LIMIT_S, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def ask(script, questions):
    """Send one JSON object a line and return the answers in order."""
    answers = run(script, given="".join(json.dumps(question) + "\n" for question in questions)).splitlines()
    assert len(answers) == len(questions)
    return [json.loads(answer) for answer in answers]
