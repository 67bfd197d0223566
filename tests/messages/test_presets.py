import re
from dataclasses import replace
from itertools import product
from urllib.parse import urlsplit

import pytest

from app.customers.legal_basis import MessageClass
from app.flows.language.presets import classic_five
from app.messages.mail import presets
from app.messages.mail.compile import to_html
from app.messages.mail.context import Line
from app.messages.mail.fill import fill
from app.messages.mail.preset_list import PRESETS
from app.messages.mail.sample import sample_context
from app.messages.mail.wording import LOCALES
from tests.messages.html_lint import Mail, contrast

LIQUID = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
MAILS = list(product(PRESETS, LOCALES))
CLASSES = {
    step.key: step.message_class for flow in classic_five(shopify_sends_shipping_mails=False) for step in flow.sends
}
TRANSACTIONAL = [mail for mail in MAILS if CLASSES[mail[0]] is MessageClass.TRANSACTIONAL]

BANNED = [
    *(
        "hurry",
        "last chance",
        "don't miss",
        "act now",
        "we noticed",
        "valued customer",
        "exclusive",
        "re:",
        "click here",
    ),
    *(
        "submit",
        "learn more",
        "unfortunately",
        "oops",
        "eta",
        "utc",
        "successfully",
        "please note",
        "awesome",
        "simply",
    ),
    *("5 stars", "five stars", "if you're happy", "mean the world", "are you sure"),
    *("beeilen", "letzte chance", "nur noch", "verpassen", "exklusiv", "sehr geehrte", "hier klicken", "absenden"),
    *(
        "mehr erfahren",
        "leider",
        "hoppla",
        "5 sterne",
        "fünf sterne",
        "wenn sie zufrieden",
        "bitte beachten",
        "einfach",
    ),
]
PROMOTION = [
    *(
        "discount",
        "coupon",
        "% off",
        "sale",
        "offer",
        "buy again",
        "save now",
        "new in",
        "recommend",
        "you may also like",
    ),
    *("rabatt", "gutschein", "angebot", "sparen", "wieder kaufen", "neu bei uns", "empfehl", "das könnte ihnen"),
]
CONFIRMATION = ["confirmed", "total", "subtotal", "price", "£", "€", "$", "bestätigt", "summe", "preis", "betrag"]


def written(name, locale):
    """Return all words of a preset, with Liquid and markup taken out."""
    source = presets.source(name, locale)
    mjml = re.sub(r"<mj-style>.*?</mj-style>|<mj-attributes>.*?</mj-attributes>", " ", source.mjml, flags=re.DOTALL)
    parts = (source.subject, source.preheader, re.sub(r"<[^>]*>", " ", LIQUID.sub("", mjml)), source.text)
    words = LIQUID.sub("", "\n".join(parts))
    return words.replace("’", "'")


def filled(name, locale, arm="A", things=1, **changes):
    context = replace(sample_context(locale, arm, things=things), **changes)
    return fill(presets.template(name, locale), context.as_mapping())


@pytest.mark.parametrize(("name", "locale"), MAILS)
def test_liquid_stands_in_the_html_in_the_order_it_was_written(name, locale):
    source = presets.source(name, locale).mjml
    html = to_html(source)

    def stretches(text):
        """Return the values between each pair of structural tags, and those tags."""
        tags = [tag for tag in LIQUID.findall(text) if tag.startswith("{%")]
        between = [set(re.findall(r"\{\{.*?\}\}", part)) for part in re.split(r"\{%.*?%\}", text)]
        return tags, between

    assert stretches(html) == stretches(source)


@pytest.mark.parametrize(("name", "locale"), MAILS)
def test_no_mail_uses_a_banned_phrase_or_shouts(name, locale):
    words = written(name, locale)
    for phrase in BANNED:
        assert not re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words, re.IGNORECASE), phrase
    assert "!" not in words
    assert not re.search(r"\b[A-ZÄÖÜ]{4,}\b", words)


@pytest.mark.parametrize("name", PRESETS)
def test_german_mails_say_sie(name):
    assert not re.search(r"\b(du|dich|dir|dein\w*|euch|euer|eure\w*)\b", written(name, "de"), re.IGNORECASE)


@pytest.mark.parametrize(("name", "locale"), TRANSACTIONAL)
def test_a_transactional_mail_promotes_nothing(name, locale):
    words = written(name, locale).lower()
    for phrase in PROMOTION:
        assert not re.search(rf"(?<!\w){re.escape(phrase)}", words), phrase
    source = presets.source(name, locale)
    assert "buy_again" not in source.mjml + source.text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_thank_you_is_no_second_order_confirmation(locale):
    mail = filled("thank_you", locale, things=3)
    words = re.sub(r"<[^>]*>", " ", mail.html.split("<body")[1].split(">", 1)[1]) + mail.subject + mail.text
    for phrase in CONFIRMATION:
        assert phrase not in words.lower(), phrase
    assert "× 2" not in words
    assert words.count("#1402") == 2  # once in the footer of each part


@pytest.mark.parametrize(("name", "locale"), MAILS)
@pytest.mark.parametrize("title", ["Gooseneck Kettle", "Pour-over Coffee Dripper, ceramic", "Tea", "X" * 200])
def test_subjects_fit_a_phone(name, locale, title):
    for arm, known, things in product("AB", (True, False), (1, 3, 10)):
        base = sample_context(locale, arm)
        context = replace(base, lines=(Line(title),) * things, parcel=replace(base.parcel, delivered_known=known))
        subject = presets.template(name, locale).subject.render(context.as_mapping()).strip()
        assert 0 < len(subject) <= 45, subject


@pytest.mark.parametrize(("name", "locale"), MAILS)
@pytest.mark.parametrize("things", [1, 3])
def test_the_html_is_one_anybody_can_read(name, locale, things):
    mail = Mail(filled(name, locale, things=things).html)
    assert mail.lang == locale
    assert mail.buttons == 1
    assert all(table.get("role") == "presentation" for table in mail.tables)
    assert all("alt" in picture and int(picture["width"]) and int(picture["height"]) for picture in mail.pictures)
    assert all(picture["alt"].strip() for picture in mail.pictures)
    for words, look in mail.words:
        assert contrast(look["color"], look["background"]) >= (3 if look["size"] >= 24 else 4.5), words


@pytest.mark.parametrize(("name", "locale"), MAILS)
@pytest.mark.parametrize("things", [1, 3])
def test_the_text_part_has_the_same_links(name, locale, things):
    mail = filled(name, locale, things=things)
    in_html, in_text = set(Mail(mail.html).links), set(re.findall(r"https?://\S+", mail.text))
    assert in_html == in_text
    assert len(in_html) >= 3
    assert all(urlsplit(link).scheme == "https" for link in in_html)


@pytest.mark.parametrize(("name", "locale"), MAILS)
def test_the_shop_speaks_and_our_name_stands_in_one_footer_line(name, locale):
    mail = filled(name, locale)
    assert mail.text.count("Welltimed") == 1
    assert "Welltimed" in mail.text.splitlines()[-1]
    assert Mail(mail.html).words[-1][0].count("Welltimed") == 1
    assert mail.html.count("Welltimed") == 1
    assert "12 Potters Lane" in mail.text
    assert "#1402" in mail.text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_two_arms_of_the_review_request_differ_in_their_subject_alone(locale):
    one, other = filled("review_request", locale, "A"), filled("review_request", locale, "B")
    assert one.subject != other.subject
    assert one.preheader == other.preheader
    assert one.text == other.text
    assert one.html.replace(one.subject, "") == other.html.replace(other.subject, "")


@pytest.mark.parametrize(("locale", "certain"), [("en", "arrived"), ("de", "angekommen")])
def test_what_is_only_inferred_is_never_announced_as_delivered(locale, certain):
    base = sample_context(locale)
    inferred = replace(base.parcel, delivered_known=False)
    known, guessed = filled("delivered", locale), filled("delivered", locale, parcel=inferred)
    assert certain in known.text
    for part in (guessed.subject, guessed.preheader, guessed.text):
        assert "should have" in part or not re.search(rf"{certain}|delivered on|zugestellt am", part, re.IGNORECASE)
    assert "arrived" not in filled("review_request", "en", parcel=inferred).subject


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", ["shipped", "delivered", "review_request"])
def test_an_order_of_forty_lines_is_not_clipped(name, locale):
    base = sample_context(locale)
    long = replace(
        base.lines[0],
        title="A product title of a believable length, with words",
        image_url="https://cdn.example.com/" + "p" * 90,
    )
    mail = filled(name, locale, lines=(long,) * 40)
    assert len(mail.html.encode()) < 90_000
    assert mail.html.count(long.title) >= 40


@pytest.mark.parametrize("known", [True, False])
def test_a_parcel_without_tracking_says_so_and_still_has_one_button(known):
    base = sample_context()
    bare = replace(base.parcel, tracking_url="", tracking_number="", delivered_known=known)
    links = replace(base.links, tracking="")
    for name in ("shipped", "delivered"):
        mail = filled(name, "en", parcel=bare, links=links)
        assert Mail(mail.html).buttons == 1
        assert "See your order" in mail.html
    assert "without tracking" in filled("shipped", "en", parcel=bare, links=links).text


def test_a_split_parcel_says_what_travels_apart():
    base = sample_context()
    mail = filled("shipped", "en", parcel=replace(base.parcel, rest_count=2))
    assert "2 more things from this order" in mail.text
    assert "more thing" not in filled("shipped", "en").text


def test_the_pixel_is_there_only_when_asked_for():
    base = sample_context()
    address = "https://mail.example.com/o/1.gif"
    assert address not in filled("shipped", "en").html
    assert filled("shipped", "en", links=replace(base.links, open=address)).html.count(address) == 1


def test_a_template_is_compiled_once_per_language():
    assert presets.template("shipped", "de-AT") is presets.template("shipped", "de")
    assert presets.template("shipped", "fr") is presets.template("shipped", "en")
    with pytest.raises(KeyError):
        presets.template("nothing", "en")
