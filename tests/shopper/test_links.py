"""Every shopper route against every kind of wrong link: one answer, never a fault, no forgery let in."""

import random
import string
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from sqlalchemy import delete

from app.customers.models import Customer
from app.kit import signing
from app.kit.clock import real_now
from app.messages.models import Message, TrackedLink
from app.messages.signed import links
from app.messages.signed.links import Purpose

BY_BOTH_DOORS = pytest.mark.usefixtures("by_both_doors")
ROUTES = (
    Purpose.REVIEW,
    Purpose.BUY_AGAIN,
    Purpose.PREFERENCES,
    Purpose.UNSUBSCRIBE,
    Purpose.CLICK,
    Purpose.OPEN,
)
LOOKED_UP = tuple(each for each in ROUTES if each is not Purpose.OPEN)  # an open is looked up when it is graded
POSTED = (Purpose.REVIEW, Purpose.PREFERENCES, Purpose.UNSUBSCRIBE)
BODIES = {
    Purpose.REVIEW: lambda mailed: mailed.rated(5),
    Purpose.PREFERENCES: lambda _: {"save": "yes"},
    Purpose.UNSUBSCRIBE: lambda _: {"List-Unsubscribe": "One-Click"},
}
OTHER_KEY = "another-key-of-somebody-else-0123456789"
HTML = {"Accept": "text/html"}


def genuine(people, mailed, purpose):
    if purpose is Purpose.CLICK:
        return people.link(mailed, "https://track.example.com/1")
    return mailed.path(purpose)


def public_id(people, path, purpose):
    return links.read(people.config, purpose, token_of(path)).public_id


def token_of(path):
    return path.split("/")[2].removesuffix(".gif")


def with_token(purpose, token):
    return f"/{purpose}/{token}" + (".gif" if purpose is Purpose.OPEN else "")


def forged(people, strangers, mailed, purpose):
    path = genuine(people, mailed, purpose)
    known = public_id(people, path, purpose)
    signed = [(OTHER_KEY, purpose, people.id, known)]
    signed += [(people.config.link_keys[0], other, people.id, known) for other in Purpose if other is not purpose]
    if purpose in LOOKED_UP:
        signed += [
            (people.config.link_keys[0], purpose, strangers.id, known),  # another shop's, had it been signed
            (people.config.link_keys[0], purpose, 2**40, known),
            (people.config.link_keys[0], purpose, people.id, signing.new_public_id()),
        ]
    for key, what, shop, named in signed:
        yield with_token(purpose, signing.sign([key], what, shop, named))
    for random_one in ("x", ".", "a.b", "e30.x", "%00", "%ff%fe", "..%2f..", "x" * 4000, "W10.W10", "🫖"):
        yield with_token(purpose, random_one)


@pytest.fixture
def nothing(web):
    """The one answer, as a person and as a machine get it."""
    return web.get("/nowhere", headers=HTML).data, web.get("/nowhere").data


@BY_BOTH_DOORS
@pytest.mark.parametrize("purpose", ROUTES)
def test_a_genuine_link_opens(web, people, purpose):
    mailed = people.mail()
    answer = web.get(genuine(people, mailed, purpose))
    assert answer.status_code == (302 if purpose in {Purpose.CLICK, Purpose.BUY_AGAIN} else 200)


@pytest.mark.parametrize("purpose", POSTED)
def test_a_genuine_form_is_taken(web, people, purpose):
    mailed = people.mail()
    assert web.post(mailed.path(purpose), data=BODIES[purpose](mailed)).status_code in {200, 303}


@BY_BOTH_DOORS
@pytest.mark.parametrize("purpose", ROUTES)
def test_every_wrong_link_gets_the_same_answer(web, people, strangers, nothing, purpose):
    mailed = people.mail()
    for path in forged(people, strangers, mailed, purpose):
        answers = [(web.get(path, headers=HTML), nothing[0]), (web.get(path), nothing[1])]
        if purpose in POSTED:
            answers.append((web.post(path, data=BODIES[purpose](mailed)), nothing[1]))
            answers.append((web.post(path), nothing[1]))
        for answer, expected in answers:
            assert answer.status_code == 404, path
            assert answer.data == expected, path


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr,de;q=0.8,en;q=0.7", "de"),
        ("en-GB,de;q=0.5", "en"),
        ("ja", "en"),
        ("*", "en"),
        ("de;q=0", "en"),
        (";;,q=x,\u00ff", "en"),
    ],
)
def test_nothing_is_said_in_the_language_the_browser_asks_for(web, people, strangers, asked, language):
    headers = HTML | {"Accept-Language": asked}
    nothing = web.get("/nowhere", headers=headers)
    assert f'<html lang="{language}">' in nothing.text
    assert ("Hier ist nichts." if language == "de" else "There is nothing here.") in nothing.text
    assert "Accept-Language" in nothing.headers["Vary"]
    mailed = people.mail(locale="de" if language == "en" else "en")  # the mail's own language gives nothing away
    for purpose in ROUTES:
        for path in forged(people, strangers, mailed, purpose):
            answer = web.get(path, headers=headers)
            assert (answer.status_code, answer.data) == (404, nothing.data), path
            assert [pair for pair in answer.headers if pair[0] != "Date"] == [
                pair for pair in nothing.headers if pair[0] != "Date"
            ]


@BY_BOTH_DOORS
@pytest.mark.parametrize("purpose", LOOKED_UP)
def test_the_links_of_an_erased_person_get_it_too(web, people, nothing, purpose):
    mailed = people.mail()
    path = genuine(people, mailed, purpose)
    with people.work() as session:
        session.get_one(Customer, (people.id, mailed.customer_id)).erased_at = real_now()
    assert web.get(path).data == nothing[1]


@BY_BOTH_DOORS
@pytest.mark.parametrize("purpose", LOOKED_UP)
def test_the_links_of_a_message_that_never_left_get_it_too(web, people, nothing, purpose):
    mailed = people.mail()
    path = genuine(people, mailed, purpose)
    with people.work() as session:
        session.execute(delete(TrackedLink))
        session.execute(delete(Message).where(Message.id == mailed.message_id))
    assert web.get(path).data == nothing[1]


@BY_BOTH_DOORS
@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "//x.example",
        "ftp://x.example",
        "https://x.example/a b",
        "https://x.example/\r\nSet-Cookie: a=b",
    ],
)
def test_a_click_leads_nowhere_but_to_the_web(web, people, target):
    mailed = people.mail()
    answer = web.get(people.link(mailed, target))
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


@BY_BOTH_DOORS
def test_the_target_of_a_click_is_not_the_visitors_to_choose(web, people):
    mailed = people.mail()
    path = people.link(mailed, "https://track.example.com/1")
    answer = web.get(f"{path}?url=https://evil.example&target=https://evil.example")
    assert answer.headers["Location"] == "https://track.example.com/1"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def mutated(dice, token):
    """The token with one to three small wounds."""
    letters = list(token)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        if not letters:
            break
        place = dice.randrange(len(letters))
        match dice.randrange(6):
            case 0:
                letters[place] = dice.choice(string.ascii_letters + string.digits + "-_.")
            case 1:
                del letters[place]
            case 2:
                letters.insert(place, dice.choice(string.printable[:94]))
            case 3:
                letters[place] = chr(ord(letters[place]) ^ (1 << dice.randrange(7)))
            case 4:
                other = dice.randrange(len(letters))
                letters[place], letters[other] = letters[other], letters[place]
            case _:
                letters = letters[:place] or ["x"]
    return "".join(letters)


def test_ten_thousand_wounded_links_are_all_refused_alike(web, people, nothing):
    dice, mailed = random.Random(20_261_120), people.mail()
    tokens = {purpose: token_of(genuine(people, mailed, purpose)) for purpose in ROUTES}
    accepted, odd = [], []
    tried = 0
    while tried < 10_000:
        purpose = dice.choice(ROUTES)
        token = mutated(dice, tokens[purpose])
        if token == tokens[purpose]:
            continue
        tried += 1
        if links.read(people.config, purpose, token) is not None:
            accepted.append(token)
        if tried % 20 == 0:  # the whole way through the web process for one in twenty
            answer = web.get(with_token(purpose, token.replace("/", "%2f").replace("?", "%3f").replace("#", "%23")))
            if (answer.status_code, answer.data) != (404, nothing[1]):
                odd.append((token, answer.status_code))
    assert accepted == []
    assert odd == []


@pytest.mark.parametrize("purpose", ROUTES)
def test_a_slash_too_many_is_refused_like_any_other_wound(web, people, nothing, purpose):
    token = token_of(genuine(people, people.mail(), purpose))
    for wounded in (f"%2f{token}", f"%2f%2f{token}", f"{token[:20]}%2f%2f{token[20:]}", f"{token}%2f"):
        answer = web.get(with_token(purpose, wounded))
        assert (answer.status_code, answer.data) == (404, nothing[1])


def test_another_spelling_of_the_same_signature_is_not_ours(people):
    token = token_of(people.mail().review)
    signature = token.rpartition(".")[2]
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    last = alphabet.index(signature[-1])
    spellings = [token[:-1] + alphabet[last ^ bit] for bit in (1, 2, 3)]
    spellings += [f"{token}=", f"{token[:-3]}!{token[-3:]}", f"{token}\n"]
    assert all(links.read(people.config, Purpose.REVIEW, one) is None for one in spellings)
    assert links.read(people.config, Purpose.REVIEW, token) is not None


@given(st.integers(1, 2**63 - 1), st.binary(min_size=signing.PUBLIC_ID_BYTES, max_size=signing.PUBLIC_ID_BYTES))
def test_tokens_are_the_librarys(shop_id, raw):
    public_id = urlsafe_b64encode(raw).decode()
    library = URLSafeSerializer(["a-link-key-0123456789-abcdefgh"], salt="welltimed.r")
    ours = signing.sign(["a-link-key-0123456789-abcdefgh"], Purpose.REVIEW, shop_id, public_id)
    theirs = library.dumps([shop_id, public_id])
    assert library.loads(ours) == [shop_id, public_id]
    assert signing.unsign(["a-link-key-0123456789-abcdefgh"], Purpose.REVIEW, theirs) == (shop_id, public_id)
    assert ours == theirs or theirs.startswith(".")  # the library squeezes an id of one letter; none is drawn so


def test_links_signed_with_the_key_before_still_open(people):
    old, new = "an-older-link-key-0123456789-abcdefgh", "a-newer-link-key-0123456789-abcdefgh"
    token = signing.sign([old], Purpose.REVIEW, 7, "abc")
    assert signing.unsign([new, old], Purpose.REVIEW, token) == (7, "abc")
    assert signing.unsign([new], Purpose.REVIEW, token) is None
