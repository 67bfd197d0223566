"""The connection used last is used next: it has most statements ready, and the others may rest."""

from app.kit.work import unit_of_work

BACKEND = "select pg_backend_pid()"


def asked_of(wired):
    with unit_of_work(wired) as session:
        return session.connection().exec_driver_sql(BACKEND).scalar_one()


def test_the_connection_used_last_is_used_next(wired):
    with unit_of_work(wired) as outer:
        outer.connection()
        first = asked_of(wired)
    last = asked_of(wired)  # the outer one's, given back after it
    assert last != first
    assert [asked_of(wired) for _ in range(3)] == [last] * 3
