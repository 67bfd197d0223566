"""What was played is kept for its tree and size, and played once."""

from tests.convergence import many, progress


def test_a_seed_counts_for_the_tree_and_size_it_was_played_on(tmp_path):
    kept = tmp_path / ".cache" / "passes.jsonl"
    assert progress.played("a", None, kept) == {}
    for tree, size in (("a", None), ("b", None), ("a", [9, 3])):
        progress.keep({"tree": tree, "seed": 4, "size": size, "orders": 250}, kept)
    assert progress.played("a", None, kept)[4]["tree"] == "a"
    assert progress.played("a", (9, 3), kept)[4]["size"] == [9, 3]
    assert progress.played("c", None, kept) == {}


def test_a_tree_is_another_once_either_program_changes(tmp_path):
    for program in ("app", "devstore"):
        (tmp_path / program).mkdir()
        (tmp_path / program / "a.py").write_text("1")
    found = {progress.tree(tmp_path)}
    for program in ("app", "devstore"):
        (tmp_path / program / "a.py").write_text("2")
        found.add(progress.tree(tmp_path))
    assert len(found) == 3


def test_what_was_played_needs_no_servers(monkeypatch):
    monkeypatch.setattr(many, "played", lambda *_: {seed: {"seed": seed} for seed in (3, 4)})
    monkeypatch.setattr(many, "run_cluster", None)
    assert many.main([3, 4]) == [{"seed": 3}, {"seed": 4}]
    assert many.asked(["3-8", "--part", "2/2", "--size", "9", "3"])[:2] == (range(4, 9, 2), [9, 3])
