"""Ask a question of a shop's whole past at once, on as many processes as are given."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from app.flows.replay.history import load
from app.flows.replay.question import Answer, Question, answer, pages
from app.kit import runtime
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work


def ask(here: Runtime, shop_id: int, question: Question, *, processes: int = 1) -> Answer:
    """Return the answer for all orders of the shop."""
    with unit_of_work(here, shop_id=shop_id) as session:
        every = list(pages(load.people(session)))
    if processes == 1 or len(every) == 1:
        return _sum(_answered(here, shop_id, question, ids) for ids in every)
    here.engines.dispose()  # a connection must not be shared with the processes forked here
    with ProcessPoolExecutor(min(processes, len(every)), multiprocessing.get_context("fork")) as pool:
        return _sum(pool.map(partial(_aside, shop_id, question), every))


def _aside(shop_id: int, question: Question, ids: Sequence[int]) -> Answer:
    return _answered(runtime.current(), shop_id, question, ids)


def _answered(here: Runtime, shop_id: int, question: Question, ids: Sequence[int]) -> Answer:
    with unit_of_work(here, shop_id=shop_id) as session:
        return answer(session, load.frame(session), question, ids)


def _sum(answers: Iterable[Answer]) -> Answer:
    return sum(answers, Answer())
