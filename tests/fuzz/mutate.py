"""Spoil JSON bodies in every way a sender, a proxy or an attacker could: by schema, by bytes, by depth. Seeded."""

import copy
import json

POISON = [
    None,
    True,
    False,
    0,
    -1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**400,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "0",
    "-5",
    "12.345678901234567890",
    "1e400",
    "NaN",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u0085\u2028",
    "x" * 70_000,
    "purple",
    "PURPLE_NEW_STATE",
    "gid://shopify/Order/1",
    "gid://shopify/Order/99999999999999999999999",
    "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-11-21",
    "2026-11-21T10:00:00",
    "yesterday",
    "'; drop table shop; --",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "\r\nBcc: all@example.com",
    [],
    {},
    [[]],
    [None],
    [{}],
    {"": ""},
    {"\x00": 1},
    ["a", 1, None],
]


def spoil(body, dice):
    """Return the bytes of a spoiled copy of a body."""
    kind = dice.random()
    if kind < 0.72:
        return _write(_by_schema(copy.deepcopy(body), dice), dice)
    if kind < 0.8:
        return _twice(body, dice)
    if kind < 0.85:
        return _deep(body, dice)
    return _by_bytes(_write(body, dice), dice)


def places(value, path=()):
    """Yield the way to every value inside a body."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, key))


def _by_schema(body, dice):
    """Put poison in one to three places, take values out, or swap what stands beside each other."""
    for _ in range(dice.randint(1, 3)):
        known = list(places(body))
        if not known:
            break
        *way, last = dice.choice(known)
        holder = body
        for step in way:
            holder = holder[step]
        act = dice.random()
        if act < 0.2:
            del holder[last]
        elif act < 0.3:
            other = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            holder[last] = copy.deepcopy(holder[other])
        elif act < 0.35 and isinstance(holder, list):
            holder.extend(copy.deepcopy(holder[last]) for _ in range(dice.choice([1, 3, 300])))
        else:
            holder[last] = copy.deepcopy(dice.choice(POISON))
    return body


def _write(body, dice):
    text = json.dumps(body, ensure_ascii=dice.random() < 0.5)
    return text.encode("utf-8", "surrogatepass")


def _twice(body, dice):
    """Name one field twice, with two values."""
    name = dice.choice(list(body) or ["id"])
    text = json.dumps(body)
    again = f"{json.dumps(name)}: {json.dumps(dice.choice(POISON))}"
    return (text[:-1] + (", " if body else "") + again + "}").encode()


def _deep(body, dice):
    """Bury a value under thousands of brackets."""
    depth = dice.choice([39, 41, 200, 5_000, 100_000])
    open_, close = dice.choice([("[", "]"), ('{"a":', "}")])
    buried = open_ * depth + "1" + close * depth
    if dice.random() < 0.3:
        return buried.encode()
    return (json.dumps(body)[:-1] + f', "deep": {buried}}}').encode()


def _by_bytes(raw, dice):
    act = dice.randrange(8)
    place = dice.randrange(len(raw) + 1)
    if act == 0:
        return raw[:place]
    if act == 1:
        return raw[:place] + dice.randbytes(dice.randint(1, 8)) + raw[place:]
    if act == 2:
        spoiled = bytearray(raw)
        for _ in range(dice.randint(1, 20)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        return bytes(spoiled)
    if act == 3:
        return b"\xef\xbb\xbf" + raw
    if act == 4:
        return raw.decode("utf-8", "replace").encode("utf-16")
    if act == 5:
        return dice.choice([b"", b"null", b"[]", b"0", b'"text"', b"{}", b"NaN", b"\x00", b"\xff\xfe", b"{" * 50_000])
    if act == 6:
        return raw + raw
    return raw.replace(b'"', b"'")
