"""What tests of refusals read: pages in words, pauses as kept, tries as recorded."""

import re

from sqlalchemy import func, select

from app.messages.models import Attempt
from app.shops.models import ShopSetting


def seen(merchant, path="/"):
    """The words of a page, as a reader has them."""
    page = merchant.open(path).text
    return re.sub(r"\s+", " ", page).replace("&#39;", "'").replace("&#34;", '"')


def pauses(merchant):
    rows = merchant.rows(
        select(ShopSetting.values, ShopSetting.saved_by).where(ShopSetting.section == "pause").order_by("version")
    )
    return [(by, values["words"]) for values, by in rows]


def tries(merchant):
    return [state for (state,) in merchant.rows(select(Attempt.state).order_by(Attempt.id))]


def count(merchant, table):
    ((found,),) = merchant.rows(select(func.count()).select_from(table))
    return found


def due(merchant):
    return [row.due_at for row in merchant.pending().values()]
