"""Where the seeded shoppers live, and what they are called there."""

from typing import NamedTuple


class Place(NamedTuple):
    """A city with its province as Shopify codes it (None where the country has no provinces there)."""

    city: str
    province: str | None
    province_code: str | None
    zip: str


class Land(NamedTuple):
    """A country: language, typical days on the road, share of shoppers, and where they live."""

    code: str
    name: str
    locale: str
    share: int
    transit_days: tuple[float, float]
    shipping: str
    phone: str
    streets: tuple[str, ...]
    places: tuple[Place, ...]
    first: tuple[str, ...]
    last: tuple[str, ...]
    zone: str


GB = Land(
    *("GB", "United Kingdom", "en", 40, (1.0, 2.4), "3.90", "+44 20 7946 0{:03d}"),
    ("Mill Lane", "Station Road", "Albert Street", "Church Walk", "Quay Side", "Park View"),
    (
        Place("Bristol", "England", "ENG", "BS1 4DJ"),
        Place("Leeds", "England", "ENG", "LS1 5PD"),
        Place("Edinburgh", "Scotland", "SCT", "EH1 2NG"),
        Place("Cardiff", "Wales", "WLS", "CF10 1EP"),
        Place("Norwich", "England", "ENG", "NR2 1TF"),
        Place("Sheffield", "England", "ENG", "S1 2HH"),
    ),
    ("Amelia", "Oliver", "Isla", "Harry", "Priya", "Noah", "Freya", "Callum", "Zara", "Tom", "Maeve", "Idris"),
    ("Hughes", "Patel", "Walker", "Campbell", "Okafor", "Wright", "Evans", "Murray", "Shah", "Barnes", "Doyle"),
    "Europe/London",
)
US = Land(
    *("US", "United States", "en", 25, (4.0, 7.0), "12.00", "+1 212 555 0{:03d}"),
    ("Maple Avenue", "Second Street", "Lakeview Drive", "Juniper Court", "Hill Road"),
    (
        Place("Portland", "Oregon", "OR", "97205"),
        Place("Austin", "Texas", "TX", "78701"),
        Place("Brooklyn", "New York", "NY", "11201"),
        Place("Madison", "Wisconsin", "WI", "53703"),
        Place("Phoenix", "Arizona", "AZ", "85004"),
        Place("Honolulu", "Hawaii", "HI", "96813"),
    ),
    ("Mason", "Ava", "Diego", "Harper", "Jamal", "Lucy", "Ethan", "Rosa", "Caleb", "Nina", "Owen", "Tessa"),
    ("Miller", "Garcia", "Nguyen", "Brooks", "Reed", "Coleman", "Lopez", "Fisher", "Hayes", "Jordan"),
    "America/New_York",
)
DE = Land(
    *("DE", "Germany", "de", 18, (3.0, 5.0), "9.50", "+49 30 2312 5{:03d}"),
    ("Lindenstraße", "Am Markt", "Gartenweg", "Hafenstraße", "Schillerstraße"),
    (
        Place("Berlin", None, None, "10115"),
        Place("Hamburg", None, None, "20095"),
        Place("Leipzig", None, None, "04109"),
        Place("Köln", None, None, "50667"),
        Place("Freiburg im Breisgau", None, None, "79098"),
    ),
    ("Lena", "Jonas", "Käthe", "Emil", "Mareike", "Til", "Jürgen", "Yasemin", "Paula", "Sören"),
    ("Schröder", "Wagner", "Vogel", "Brandt", "Köhler", "Yıldız", "Neumann", "Roth", "Weiß"),
    "Europe/Berlin",
)
JP = Land(
    *("JP", "Japan", "ja", 8, (5.0, 8.0), "14.00", "+81 3 5555 0{:03d}"),
    ("本町1-2-", "中央3-4-", "緑町2-8-"),
    (
        Place("渋谷区", "Tōkyō", "JP-13", "150-0002"),
        Place("大阪市", "Ōsaka", "JP-27", "530-0001"),
        Place("札幌市", "Hokkaidō", "JP-01", "060-0001"),
    ),
    ("陽菜/hina", "蓮/ren", "美咲/misaki", "大輝/daiki", "さくら/sakura", "健/ken"),
    ("佐藤/sato", "鈴木/suzuki", "高橋/takahashi", "渡辺/watanabe", "小林/kobayashi"),
    "Asia/Tokyo",
)
AU = Land(
    *("AU", "Australia", "en", 9, (5.0, 8.5), "15.00", "+61 2 5550 0{:03d}"),
    ("Wattle Street", "Beach Road", "Jacaranda Avenue"),
    (
        Place("Sydney", "New South Wales", "NSW", "2000"),
        Place("Perth", "Western Australia", "WA", "6000"),
        Place("Adelaide", "South Australia", "SA", "5000"),
        Place("Hobart", "Tasmania", "TAS", "7000"),
    ),
    ("Ruby", "Jack", "Matilda", "Cooper", "Evie", "Lachlan", "Anh"),
    ("Kelly", "Thompson", "Nguyen", "Ryan", "Morrison", "Papas"),
    "Australia/Sydney",
)
LANDS = (GB, US, DE, JP, AU)
