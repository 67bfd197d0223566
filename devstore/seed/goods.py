"""What the two demo shops sell."""

from decimal import Decimal

from devstore.seed.draft import Form, Goods, Range


def _one(price: str, grams: int, sku: str) -> tuple[Form, ...]:
    return (Form(Decimal(price), sku=sku, grams=grams),)


def _coffee(handle: str, title: str, words: str, tone: str, price: str) -> Goods:
    forms = tuple(
        Form(Decimal(price), title=how, sku=f"KK-{handle[:3].upper()}-{how[0]}", grams=270)
        for how in ("Whole bean", "Ground for filter")
    )
    return Goods(handle, title, words, "Coffee", f"bag-{tone}", forms, weight=26, tags=("coffee", "runs out"))


KILN_AND_KETTLE = (
    Goods(
        "harbour-kettle",
        "Harbour kettle",
        "A stovetop kettle of brushed steel, 1.2 litres, with a spout that pours where you point it.",
        "Kettles",
        "kettle-5b7f78",
        _one("64.00", 1450, "KK-KET-1"),
        weight=16,
        tags=("kettle",),
    ),
    Goods(
        "field-grinder",
        "Field grinder (pre-order)",
        "A hand grinder with steel burrs. The next batch leaves the workshop in January.",
        "Grinders",
        "grinder-8a6d4b",
        _one("89.00", 720, "KK-GRI-1"),
        weight=0,
        tags=("grinder", "pre-order"),
    ),
    Goods(
        "stoneware-mugs",
        "Stoneware mugs, set of two",
        "Thrown by hand, glazed inside, bare clay where your hand goes. They hold 280 ml.",
        "Mugs",
        "mugs-a4644b",
        (
            Form(Decimal("32.00"), "Oat", "KK-MUG-O", 900),
            Form(Decimal("32.00"), "Slate", "KK-MUG-S", 900),
        ),
        weight=14,
        tags=("mugs",),
    ),
    Goods(
        "clay-dripper",
        "Clay dripper",
        "A cone with six ribs for one or two cups. Takes size 02 filters.",
        "Brewing",
        "dripper-b58a63",
        _one("24.00", 480, "KK-DRI-1"),
        weight=14,
        tags=("brewing",),
    ),
    Goods(
        "paper-filters",
        "Paper filters, 100",
        "Unbleached, size 02. Rinse once and the paper taste is gone.",
        "Brewing",
        "filters-ead9bd",
        _one("6.50", 180, "KK-FIL-100"),
        weight=22,
        tags=("brewing", "runs out"),
    ),
    _coffee(
        "morning-ridge",
        "Morning Ridge coffee, 250 g",
        "Light roast: apricot, black tea, a clean end.",
        "c58b4e",
        "14.00",
    ),
    _coffee(
        "slow-tide", "Slow Tide coffee, 250 g", "Medium roast: hazelnut, milk chocolate, no hurry.", "6f5136", "14.00"
    ),
    _coffee("night-decaf", "Night decaf, 250 g", "Decaffeinated with spring water: cocoa and plum.", "3f4a63", "14.50"),
    Goods(
        "brewing-course",
        "Brewing course, online",
        "Nine short films and a sheet to print. You get the link by mail.",
        "Courses",
        "course-7a8f6a",
        (Form(Decimal("39.00"), sku="KK-CRS-1", grams=0, shipped=False),),
        weight=0,
        tags=("digital",),
    ),
    Goods(
        "gift-card",
        "Gift card",
        "For somebody who would rather choose.",
        "Gift cards",
        "card-9c4f4f",
        tuple(
            Form(Decimal(f"{value}.00"), f"£{value}", f"KK-GIFT-{value}", 0, shipped=False, gift_card=True)
            for value in (25, 50, 100)
        ),
        weight=0,
        tags=("digital",),
    ),
    Goods(
        "glass-server",
        "Glass server, 600 ml",
        "Fits under the clay dripper. Lines at two, three and four cups.",
        "Brewing",
        "server-a9c7c9",
        _one("28.00", 520, "KK-SER-1"),
        weight=10,
        tags=("brewing",),
    ),
    Goods(
        "linen-cloth",
        "Linen cloth",
        "Dries glass without leaving a thread. 50 by 70 cm.",
        "Kitchen",
        "cloth-6f86a0",
        _one("9.00", 110, "KK-CLO-1"),
        weight=10,
        tags=("kitchen",),
    ),
)

FERNSIDE_TEA = (
    Goods(
        "fern-green",
        "Fern green tea, 100 g",
        "Steamed leaves, short brew.",
        "Tea",
        "bag-6f8f5a",
        _one("11.00", 130, "FT-1"),
        24,
    ),
    Goods(
        "smoked-black",
        "Smoked black tea, 100 g",
        "Pine smoke and treacle.",
        "Tea",
        "bag-4a3d38",
        _one("12.00", 130, "FT-2"),
        20,
    ),
    Goods("garden-mint", "Garden mint, 60 g", "Only mint.", "Tea", "bag-5fa08a", _one("8.00", 90, "FT-3"), 20),
    Goods(
        "round-teapot",
        "Round teapot",
        "For three cups, with a sieve.",
        "Pots",
        "pot-7d6a8f",
        _one("42.00", 950, "FT-4"),
        8,
    ),
    Goods("tea-cloth", "Tea cloth", "Cotton, 50 by 70 cm.", "Kitchen", "cloth-8f9b5a", _one("9.50", 110, "FT-5"), 8),
)

KILN_AND_KETTLE_RANGES = (
    Range("coffee", "Coffee", tag="coffee"),
    Range("brewing", "Brewing", tag="brewing"),
    Range("for-the-table", "For the table", products=("harbour-kettle", "stoneware-mugs", "linen-cloth")),
)
