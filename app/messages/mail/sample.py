"""One believable mail's worth of facts, for previews before a shop has orders and for tests. Addresses: example.com."""

from __future__ import annotations

from dataclasses import replace

from app.messages.mail.context import Customer, Line, Links, MailContext, Order, Parcel, Shop

WORDS = {
    "en": {
        "name": "Ana",
        "placed": "Thursday 20 November",
        "delivered": "Thursday 27 November",
        "expected": "between Tuesday and Thursday",
        "help": "Before the first tea, boil plain water once and pour it away.\nDescale it every two months with "
        "citric acid, and keep it out of the dishwasher.",
    },
    "de": {
        "name": "Ana Weber",
        "placed": "Donnerstag, 20. November",
        "delivered": "Donnerstag, 27. November",
        "expected": "zwischen Dienstag und Donnerstag",
        "help": "Kochen Sie einmal klares Wasser auf und gießen Sie es weg.\nEntkalken Sie alle zwei Monate mit "
        "Zitronensäure; nie in der Spülmaschine.",
    },
}


def sample_context(
    locale: str = "en", arm: str = "A", *, things: int = 1, pictures: str = "https://shop.example.com/pictures"
) -> MailContext:
    """Return a finished context in `locale` ("en" or "de") about 1 to 3 products, their pictures under a folder."""
    words = WORDS[locale]
    shop_url = "https://shop.example.com"
    lines = (
        Line("Gooseneck Kettle", 1, "1 l, brushed steel", f"{pictures}/kettle.png", f"{shop_url}/products/kettle"),
        Line("Stoneware Mugs", 2, "Set of two, ash glaze", f"{pictures}/mugs.png", f"{shop_url}/products/mugs"),
        Line("House Blend Coffee", 1, "250 g, whole bean", f"{pictures}/coffee.png", f"{shop_url}/products/coffee"),
    )
    first = replace(lines[0], help_text=words["help"], help_url=f"{shop_url}/pages/kettle-care")
    link = "https://mail.example.com"
    return MailContext(
        shop=Shop(
            "Kiln & Kettle", "hello@example.com", shop_url, "12 Potters Lane, Stoke-on-Trent ST1 3PA, United Kingdom"
        ),
        customer=Customer(words["name"], "Ana"),
        order=Order("#1402", words["placed"]),
        lines=(first, *lines[1:])[:things],
        parcel=Parcel(
            carrier="DHL",
            tracking_number="00340434161094042557",
            tracking_url="https://tracking.example.com/00340434161094042557",
            delivered=words["delivered"],
            delivered_known=True,
            expected=words["expected"],
        ),
        links=Links(
            review=f"{link}/r/sample",
            rate=tuple(f"{link}/r/sample?stars={stars}" for stars in range(1, 6)),
            buy_again=f"{link}/b/sample",
            tracking=f"{link}/c/tracking",
            order=f"{link}/c/order",
            product=f"{link}/c/product",
            help=f"{link}/c/help",
            unsubscribe=f"{link}/u/sample",
            preferences=f"{link}/p/sample",
        ),
        locale=locale,
        arm=arm,
    )
