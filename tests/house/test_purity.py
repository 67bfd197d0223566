"""What a module says of itself is held: the pure ones are in the contract, and the web process stays light."""

import ast
import re
import subprocess
import sys
import tomllib

from tests.house.places import ROOT, files, text

PURE = re.compile(r"\bPure\b(?! but)")


def says_pure(name):
    return PURE.search(ast.get_docstring(ast.parse(text(name))) or "")


def module_of(name):
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_the_contract_lists_exactly_the_modules_that_call_themselves_pure():
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (listed,) = (set(one["source_modules"]) for one in contracts if one["name"] == "Pure modules stay pure")
    said = {module_of(name) for name in files(".py") if name.startswith("app/") and says_pure(name)}
    covered = {name for name in said if any(name.startswith(f"{package}.") for package in listed)}
    assert said - covered - listed == set(), "say it in pyproject.toml too"
    assert listed - said == set(), "no docstring says so"


def test_the_web_process_never_loads_the_statistics_libraries():
    seen = "import sys, app.wiring; print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
