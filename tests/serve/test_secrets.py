"""Secrets are made once and stay."""

import json
import stat

import pytest

from serve.errors import CannotServe
from serve.secrets import load


def test_secrets_are_made_once_and_kept_private(tmp_path):
    made = load(tmp_path)
    assert load(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert len(made["LINK_KEYS"]) >= 32


def test_the_encryption_key_is_one_the_app_can_use(tmp_path):
    from cryptography.fernet import Fernet

    key = Fernet(load(tmp_path)["ENCRYPTION_KEYS"])
    assert key.decrypt(key.encrypt(b"token")) == b"token"


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path):
    (tmp_path / "secrets.json").write_text(json.dumps({"LINK_KEYS": "kept"}))
    made = load(tmp_path)
    assert made["LINK_KEYS"] == "kept"
    assert made["SHOPIFY_API_SECRET"]
    assert load(tmp_path) == made


@pytest.mark.parametrize("text", ["", "{", "[]", '{"LINK_KEYS": 1}'])
def test_a_damaged_file_is_never_replaced(tmp_path, text):
    (tmp_path / "secrets.json").write_text(text)
    with pytest.raises(CannotServe, match="cannot be read"):
        load(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == text


def test_two_clones_share_nothing(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert not set(load(tmp_path / "a").values()) & set(load(tmp_path / "b").values())
