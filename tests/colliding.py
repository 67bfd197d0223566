"""A transaction that the database ends as a deadlock."""

from sqlalchemy import text

COLLIDE = text("do $$ begin raise exception 'deadlock detected' using errcode = '40P01'; end $$")


def colliding(times):
    """Return something to call with a session first, which the database ends as a deadlock that many times."""
    left = [times]

    def called(session, *_):
        if left[0]:
            left[0] -= 1
            session.execute(COLLIDE)

    return called
