"""What shoppers think, and how they put it: one to five stars, in their own language."""

import random

# How many give 1, 2, … 5 stars: a decent shop, with its unhappy customers.
STARS = (1, 2, 3, 4, 5)
SHARES = (7, 6, 13, 29, 45)

WORDS: dict[str, dict[int, tuple[str, ...]]] = {
    "en": {
        1: ("Arrived cracked. Support has not answered yet.", "Not what the picture shows. Sent back."),
        2: ("Nice idea, but it drips every time I pour.", "Smaller than I thought, and it smells of glue."),
        3: ("Does what it should. Shipping took longer than promised.", "Fine for the price, nothing special."),
        4: ("Pours well and feels solid. The lid could sit tighter.", "Good. Took a week to get used to."),
        5: (
            "I use it every morning. Worth it.",
            "Better than the one it replaced, and it looks right.",
            "Lovely, thank you.",
        ),
    },
    "de": {
        1: ("Kam mit einem Sprung an. Schade.",),
        2: ("Tropft beim Gießen, das nervt.",),
        3: ("In Ordnung, der Versand war langsam.",),
        4: ("Gute Verarbeitung, der Deckel sitzt etwas locker.",),
        5: ("Jeden Morgen in Gebrauch, sehr zufrieden.", "Schön und praktisch."),
    },
    "ja": {
        1: ("届いたときに割れていました。",),
        2: ("思ったより小さいです。",),
        3: ("普通です。配送に時間がかかりました。",),
        4: ("使いやすいです。蓋が少しゆるいです。",),
        5: ("毎朝使っています。買ってよかったです。",),
    },
}
SPAM = "BEST deals on phones!!! http://win-a-phone.example.net/now and https://cheap-pills.example.org click click"


def opinion(dice: random.Random, locale: str) -> tuple[int, str]:
    """Return stars and words; a fifth of the shoppers leaves it at the stars."""
    stars = dice.choices(STARS, SHARES)[0]
    language = WORDS.get(locale.partition("-")[0], WORDS["en"])
    return stars, "" if dice.random() < 0.2 else dice.choice(language[stars])
