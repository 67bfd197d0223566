"""What a wrong DKIM variable is answered at the start: one sentence a fault, and none repeats the key."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from app.config import ConfigError
from tests.database import make_config


def pem(key, form=PrivateFormat.PKCS8, lock=None):
    return key.private_bytes(Encoding.PEM, form, lock or NoEncryption()).decode()


RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65_537, key_size=1024)
ED25519 = ed25519.Ed25519PrivateKey.generate()
GOOD = {"DKIM_DOMAIN": "example.com", "DKIM_SELECTOR": "wt1", "DKIM_KEY": pem(RSA)}


def config(**changes):
    return make_config("postgresql://a/b", "redis://a", **changes)


def test_without_the_three_mails_are_not_signed():
    assert config().dkim is None
    assert config(DKIM_DOMAIN="", DKIM_SELECTOR=" ", DKIM_KEY="").dkim is None


@pytest.mark.parametrize(
    "key",
    [
        pem(RSA),
        pem(RSA, PrivateFormat.TraditionalOpenSSL),
        pem(RSA).replace("\n", "\\n"),
        base64.b64encode(RSA.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode(),
        "".join(pem(RSA).splitlines()[1:-1]),
    ],
)
def test_a_key_is_read_however_it_is_written(key):
    found = config(**GOOD | {"DKIM_KEY": key}).dkim
    assert found.private.private_numbers() == RSA.private_numbers()
    assert (found.domain, found.selector) == ("example.com", "wt1")


def test_an_ed25519_key_is_taken_and_none_is_shown():
    made = config(**GOOD | {"DKIM_KEY": pem(ED25519)})
    assert made.dkim.private.private_bytes_raw() == ED25519.private_bytes_raw()
    assert "private" not in repr(made).lower()


@pytest.mark.parametrize(
    "domain", ["welltimed.example.com", "example.com", "mail.welltimed.example.com", "Example.COM"]
)
def test_the_domain_is_the_senders_or_stands_above_or_below_it(domain):
    assert config(**GOOD | {"DKIM_DOMAIN": domain}).dkim.domain == domain.lower()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"DKIM_KEY": ""}, "DKIM_KEY is not set. Set all three DKIM variables, or none."),
        ({"DKIM_SELECTOR": ""}, "DKIM_SELECTOR is not set."),
        ({"DKIM_DOMAIN": ""}, "DKIM_DOMAIN is not set."),
        ({"DKIM_DOMAIN": "nothing"}, "DKIM_DOMAIN must be a domain."),
        ({"DKIM_DOMAIN": "a.b\r\nX: y"}, "DKIM_DOMAIN must be a domain."),
        ({"DKIM_DOMAIN": "other.example"}, "DKIM_DOMAIN must be the domain of MAIL_FROM"),
        ({"DKIM_DOMAIN": "notexample.com"}, "DKIM_DOMAIN must be the domain of MAIL_FROM"),
        ({"DKIM_SELECTOR": "a b"}, "DKIM_SELECTOR must be"),
        ({"DKIM_SELECTOR": "a;b"}, "DKIM_SELECTOR must be"),
        ({"DKIM_KEY": "nonsense"}, "DKIM_KEY is no private key."),
        ({"DKIM_KEY": "ä"}, "DKIM_KEY is no private key."),
        ({"DKIM_KEY": pem(RSA)[:400]}, "DKIM_KEY is no private key."),
        ({"DKIM_KEY": pem(RSA, lock=BestAvailableEncryption(b"x"))}, "DKIM_KEY is no private key."),
        ({"DKIM_KEY": pem(SHORT)}, "DKIM_KEY: the RSA key has 1024 bits; receivers ask for 2048 or more."),
        ({"DKIM_KEY": pem(ec.generate_private_key(ec.SECP256R1()))}, "DKIM_KEY must be an RSA or ed25519 key."),
        ({"DKIM_KEY": pem(dsa.generate_private_key(1024))}, "DKIM_KEY must be an RSA or ed25519 key."),
    ],
)
def test_a_fault_is_one_sentence(changes, said):
    with pytest.raises(ConfigError) as refused:
        config(**GOOD | changes)
    (line,) = str(refused.value).splitlines()
    assert line.startswith(said)
    assert "PRIVATE" not in line
