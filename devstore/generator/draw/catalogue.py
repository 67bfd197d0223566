"""What generated shops sell, how it runs out, what is bought beside it, and when in the year."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from devstore.seed.draft import Form, Goods


@dataclass(frozen=True, slots=True)
class Habit:
    """How people use up a product.

    `days` is the median, over people, of a person's own mean interval; `spread` the deviation of its logarithm between
    people; `shape` how regular one person is (of a gamma distribution); `churn` the share that stop after a purchase.
    """

    days: float
    spread: float
    shape: float
    churn: float


@dataclass(frozen=True, slots=True)
class Item:
    """One product with its habit, where it runs out, and what people put beside it."""

    goods: Goods
    habit: Habit | None = None
    beside: tuple[str, ...] = ()
    pre_order: bool = False

    @property
    def handle(self) -> str:
        """Return the product's handle."""
        return self.goods.handle


@dataclass(frozen=True, slots=True)
class Trade:
    """A kind of shop. `season` weighs the twelve months, `growth` is new customers a year later over now."""

    name: str
    items: tuple[Item, ...]
    season: tuple[float, ...]
    growth: float
    by_handle: dict[str, Item] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        """Index the items."""
        self.by_handle.update({item.handle: item for item in self.items})


def _one(
    handle: str,
    title: str,
    price: str,
    weight: int,
    habit: Habit | None = None,
    beside: tuple[str, ...] = (),
    **traits: Any,
) -> Item:
    """Return an item; `traits` may be forms, shipped, gift_card and pre_order."""
    forms: tuple[str, ...] = traits.get("forms", ())
    shipped, gift_card, pre_order = (
        traits.get(name, name == "shipped") for name in ("shipped", "gift_card", "pre_order")
    )
    made = tuple(
        Form(Decimal(price), name, f"{handle[:6].upper()}-{place}", 300 * shipped, shipped, gift_card)
        for place, name in enumerate(forms or ("Default Title",))
    )
    tags = (
        *(("pre-order",) if pre_order else ()),
        *(("runs out",) if habit else ()),
        *(() if shipped else ("digital",)),
    )
    goods = Goods(
        handle,
        title,
        f"{title}, as people who use it every day wanted it.",
        title.rsplit(maxsplit=1)[-1],
        "",
        made,
        weight,
        tags,
    )
    return Item(goods, habit, beside, pre_order)


GIFT_CARD = _one("gift-card", "Gift card", "50.00", 2, shipped=False, gift_card=True)
COFFEE = Trade(
    "coffee",
    (
        _one(
            "day-roast",
            "Day roast coffee",
            "14.00",
            30,
            Habit(24, 0.35, 9, 0.16),
            ("paper-filters",),
            forms=("Beans", "Ground"),
        ),
        _one("night-decaf", "Night decaf coffee", "14.50", 12, Habit(31, 0.4, 7, 0.2), forms=("Beans", "Ground")),
        _one("paper-filters", "Paper filters", "6.50", 18, Habit(55, 0.3, 10, 0.25), ("day-roast",)),
        _one("travel-kettle", "Travel kettle", "64.00", 12, beside=("day-roast",)),
        _one("stone-mugs", "Stone mugs", "32.00", 12, forms=("Oat", "Slate")),
        _one("hand-grinder", "Hand grinder", "89.00", 4, beside=("day-roast",), pre_order=True),
        _one("brewing-films", "Brewing films", "39.00", 5, shipped=False),
        GIFT_CARD,
    ),
    (1.0, 0.9, 0.9, 0.9, 0.9, 0.8, 0.7, 0.8, 1.0, 1.1, 1.6, 1.9),
    1.35,
)
SKIN = Trade(
    "skin",
    (
        _one("face-cream", "Face cream", "38.00", 26, Habit(62, 0.35, 12, 0.22), ("cleansing-oil",)),
        _one("cleansing-oil", "Cleansing oil", "24.00", 20, Habit(78, 0.4, 10, 0.24), ("face-cream",)),
        _one("sun-milk", "Sun milk", "22.00", 14, Habit(45, 0.5, 5, 0.4)),
        _one("lip-balm", "Lip balm", "8.00", 14, Habit(90, 0.5, 4, 0.35)),
        _one("linen-towel", "Linen towel", "29.00", 8, forms=("Small", "Large")),
        _one("clay-mask", "Clay mask", "27.00", 6, Habit(110, 0.4, 6, 0.4), pre_order=True),
        _one("skin-guide", "Skin guide", "12.00", 3, shipped=False),
        GIFT_CARD,
    ),
    (0.9, 1.0, 0.9, 1.0, 1.2, 1.3, 1.3, 1.1, 0.9, 0.9, 1.4, 1.5),
    1.5,
)
PETS = Trade(
    "pets",
    (
        _one(
            "dog-food-6kg",
            "Dog food",
            "42.00",
            30,
            Habit(30, 0.25, 16, 0.1),
            ("dental-sticks",),
            forms=("Beef", "Fish"),
        ),
        _one("dental-sticks", "Dental sticks", "11.00", 18, Habit(28, 0.35, 8, 0.15)),
        _one("cat-litter", "Cat litter", "18.00", 16, Habit(21, 0.3, 10, 0.12)),
        _one("wool-bed", "Wool bed", "74.00", 7, forms=("S", "M", "L")),
        _one("rope-toy", "Rope toy", "9.00", 12),
        _one("raincoat", "Dog raincoat", "36.00", 6, forms=("S", "M", "L"), pre_order=True),
        GIFT_CARD,
    ),
    (1.0, 1.0, 1.0, 1.0, 1.0, 0.9, 0.9, 0.9, 1.0, 1.0, 1.2, 1.3),
    1.2,
)
TRADES = (COFFEE, SKIN, PETS)
