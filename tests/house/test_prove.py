"""bin/prove tells the truth about claims that fail."""

import pytest

from tests.prove import claims, run


@pytest.fixture
def entered(monkeypatch, tmp_path):
    monkeypatch.setattr(run, "HERE", tmp_path)
    monkeypatch.setattr(claims, "CLAIMS", one := [])
    monkeypatch.setattr(run, "CLAIMS", one)
    return claims.claim


def good(scale):
    return claims.Figure(f"{scale(200, quick=20)} journeys", holds=True)


def bad(scale):
    return claims.Figure("0 of 1", holds=False)


def raising(scale):
    raise ZeroDivisionError


def test_a_run_fails_when_one_claim_does_not_hold(entered, capsys):
    entered("engine", "Good", quick=True)(good)
    assert run.main([]) == 0
    entered("engine", "Bad")(bad)
    assert run.main([]) == 1
    assert "Bad  | 0 of 1 | DOES NOT HOLD" in capsys.readouterr().out
    assert run.main(["--quick"]) == 0


def test_a_claim_that_raises_does_not_hold_and_the_next_is_still_measured(entered, capsys):
    entered("engine", "Raises")(raising)
    entered("engine", "Good")(good)
    assert run.main(["engine"]) == 1
    said = capsys.readouterr().out
    assert "ZeroDivisionError" in said
    assert "200 journeys | holds" in said
    assert "1 of 2 claims hold" in said


def test_an_empty_run_is_no_success(entered):
    assert run.main([]) == 2


def test_tests_that_fail_make_no_claim_hold(tmp_path):
    (tmp_path / "test_both.py").write_text("def test_good():\n    pass\ndef test_bad():\n    assert False\n")
    whole = claims.by_tests(str(tmp_path / "test_both.py"))
    assert (whole.words, whole.holds) == ("1 cases pass, 1 do not", False)
    part = claims.by_tests(str(tmp_path / "test_both.py"), "-k", "good")
    assert (part.words, part.holds) == ("1 cases pass", True)
