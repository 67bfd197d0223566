"""Hold what one Admin API request knows: who asks, for which shop, with which rights."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from devstore.config import Settings
from devstore.platform.admin_api.shelf import Shelf
from devstore.platform.names import app_number
from devstore.platform.scopes import with_implied
from devstore.platform.tables import Installation
from devstore.state.models import Shop

ORDER_HISTORY = timedelta(days=60)


@dataclass
class Call:
    """One request; `now` is the store's time."""

    session: Session
    shop: Shop
    installation: Installation
    settings: Settings
    now: datetime
    shelf: Shelf = field(init=False)
    scopes: frozenset[str] = field(init=False)
    objects: int = 0
    search: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare what is derived from the rest."""
        self.shelf = Shelf(self.session)
        self.scopes = with_implied(self.installation.scopes)

    @property
    def app_id(self) -> int:
        """Return the calling app's number."""
        return app_number(self.settings.api_key)

    @property
    def oldest_order(self) -> datetime | None:
        """Return the creation time before which orders are out of reach, or nothing with read_all_orders."""
        return None if "read_all_orders" in self.scopes else self.now - ORDER_HISTORY

    @property
    def store_url(self) -> str:
        """Return where browsers find the shop."""
        return f"{self.settings.origin}/store/{self.shop.handle}"
