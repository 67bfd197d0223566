"""What is asked is put together before the first job, whoever asks it."""

from app import wiring
from app.kit.rows.question import QUESTIONS


def test_a_question_made_ready_is_not_put_together_again(monkeypatch):
    for work in wiring.WORK:
        work.load()
    assert len(QUESTIONS) > 40
    for question in QUESTIONS:
        question.make_ready()
        monkeypatch.setattr(question, "statement", None)
        text, _ = question.asked(1, {})
        assert text.split()[0] in {"SELECT", "UPDATE"}
        assert question.rows([]) == []
