"""Do what a reader, a spammer or a scanner does with one mail."""

import random
from urllib.parse import urljoin

from devstore.mail.read import Parts
from devstore.shoppers.browse import PERSON, SCANNER, Browser, Page
from devstore.shoppers.forms import Form, forms_in, pictures_in
from devstore.shoppers.opinions import SPAM, opinion
from devstore.state.models import Mail

OPENS, CLICKS, SUBMITS, RATES_EACH_FURTHER = 0.85, 0.6, 0.75, 0.6
# Words of the links at a mail's foot, which nobody takes for its button.
FOOT = ("unsubscribe", "preferences", "abmelden", "abbestellen", "einstellungen", "配信", "privacy", "imprint")


def behave(mail: Mail, parts: Parts, role: str, locale: str, allowed: frozenset[str]) -> list[list[str | int]]:
    """Return the requests made: [method, path, status]. The same mail is always treated the same. Raises OSError."""
    dice = random.Random(f"{mail.recipient} {mail.subject}")
    browser = Browser(SCANNER if role == "scanner" else PERSON, allowed, locale)
    if role == "scanner":
        _scan(browser, parts)
    elif role == "spammer":
        _visit(browser, parts, dice, locale, spam=True)
    elif dice.random() < OPENS:
        _look(browser, parts)
        if dice.random() < CLICKS:
            _visit(browser, parts, dice, locale, spam=False)
    return browser.seen


def _look(browser: Browser, parts: Parts) -> None:
    """Open the mail: its reader fetches the pictures."""
    for picture in pictures_in(parts.html or ""):
        browser.get(picture)


def _scan(browser: Browser, parts: Parts) -> None:
    """Open every picture and every link, twice over, before any person could."""
    _look(browser, parts)
    for link in parts.links:
        browser.head(link["url"])
        browser.get(link["url"])


def _visit(browser: Browser, parts: Parts, dice: random.Random, locale: str, *, spam: bool) -> None:
    """Follow the mail's button; where it leads to stars, give some."""
    page = _button(browser, parts)
    if page is None or page.status != 200:
        return
    form = next((one for one in forms_in(page.text) if one.star_groups), None)
    if form is None or not (spam or dice.random() < SUBMITS):
        return
    browser.post(urljoin(page.url, form.action), _fill(form, dice, locale, spam=spam))


def _button(browser: Browser, parts: Parts) -> Page | None:
    """Open the first link that is no foot note."""
    for link in parts.links:
        if browser.may_visit(link["url"]) and not any(word in link["words"].lower() for word in FOOT):
            return browser.get(link["url"])
    return None


def _fill(form: Form, dice: random.Random, locale: str, *, spam: bool) -> list[tuple[str, str]]:
    """Return the form's fields with stars for the first thing and most of the others, and words for each rated."""
    fields = list(form.filled)
    rated = [name for place, name in enumerate(form.star_groups) if not place or dice.random() < RATES_EACH_FURTHER]
    for place, name in enumerate(form.star_groups):
        if name not in rated:
            continue
        stars, words = (5, SPAM) if spam else opinion(dice, locale)
        fields.append((name, str(stars)))
        if place < len(form.boxes):
            fields.append((form.boxes[place], words))
    return fields
