"""docs/acceptance.md has a row for every id, and what a row names is there. Whether it shows it, a reader judges."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from tests.prove import claims, run

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PAGE = (ROOT / "docs" / "acceptance.md").read_text()
IDS = [f"P{n:02}" for n in range(1, 65)] + [f"I{n}" for n in range(1, 21)] + [f"F{n:02}" for n in range(1, 50)]
ROW = re.compile(r"^\| ([PIF]\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = {found[1]: (found[2], found[3]) for found in ROW.finditer(PAGE)}
LACKING = re.compile(r"(not yet|half): \S|(belongs to|does not arise:) \S")
MOST_WORDS = 12


def names(path):
    """The tests written in a file."""
    return {each.name for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.FunctionDef)}


def references(text):
    return re.findall(r"`([^`]+)`", text)


@pytest.fixture(scope="module")
def sentences():
    before = list(claims.CLAIMS)
    for path in run.HERE.glob("claim_*.py"):
        importlib.import_module(f"tests.prove.{path.stem}")
    found = [one.sentence for one in claims.CLAIMS]
    assert len(found) >= len(before)
    return found


def test_every_id_has_one_row():
    assert [found[1] for found in ROW.finditer(PAGE)] == IDS
    assert len(IDS) == 133


@pytest.mark.parametrize("named", IDS)
def test_a_row_says_what_is_asked_in_a_few_words_and_what_shows_it_or_is_missing(named):
    asked, shown = ROWS[named]
    assert len(asked.split()) <= MOST_WORDS, asked
    assert references(shown) or LACKING.match(shown), shown


def test_every_test_that_is_named_is_there():
    named = {each for _, shown in ROWS.values() for each in references(shown) if "::" in each}
    assert len(named) > 100
    missing = []
    for each in sorted(named):
        path, _, name = each.partition("::")
        if not (TESTS / path).is_file() or name not in names(TESTS / path):
            missing.append(each)
    assert missing == []


def test_every_claim_that_is_named_is_one_claim(sentences):
    asked = {each for _, shown in ROWS.values() for each in references(shown) if each.startswith("prove: ")}
    assert len(asked) > 20
    wrong = {each: [one for one in sentences if each.removeprefix("prove: ") in one] for each in asked}
    assert {each: found for each, found in wrong.items() if len(found) != 1} == {}


def test_nothing_else_is_named():
    every = {each for _, shown in ROWS.values() for each in references(shown)}
    assert [each for each in sorted(every) if "::" not in each and not each.startswith("prove: ")] == []


def test_what_is_not_there_would_be_found():
    assert "test_of_nothing" not in names(Path(__file__))
    assert LACKING.match("half: a thing")
    assert not LACKING.match("half:")
