"""The table of ways out. Platform table: what is written here holds for every shop; no shop and no person is named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base


class ClosedChannel(Base):
    """Hold that nothing leaves by a channel, whoever's it is: one row while that is so, none otherwise."""

    __tablename__ = "closed_channel"

    channel: Mapped[str] = mapped_column(primary_key=True)  # mail
    since: Mapped[datetime]  # business time, like the next one
    last_tried_at: Mapped[datetime]
    words: Mapped[str]  # what was said at the latest try, addresses taken out
