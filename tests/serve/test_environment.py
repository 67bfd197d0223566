"""What each part is told, and what it is not."""

import subprocess
from pathlib import Path

from serve.environment import CERTIFICATES, Ports, Urls, as_shell, clean, for_installers, of_app, of_devstore

PORTS = Ports(web=8000, devstore=9000, smtp=9025)
URLS = Urls("postgresql://welltimed@/welltimed?host=/s", "postgresql://devstore@/devstore?host=/s", "unix:///s/v.sock")
KEPT = {"SHOPIFY_API_KEY": "key", "SHOPIFY_API_SECRET": "secret", "ENCRYPTION_KEYS": "k", "LINK_KEYS": "l"}
REQUIRED = {
    *("SHOPIFY_API_KEY", "SHOPIFY_API_SECRET", "APP_URL", "DATABASE_URL", "REDIS_URL"),
    *("SMTP_URL", "MAIL_FROM", "ENCRYPTION_KEYS", "LINK_KEYS"),
}


def test_the_app_gets_every_variable_it_requires():
    told = of_app({}, KEPT, PORTS, URLS)
    assert set(told) >= REQUIRED
    assert all(told.values())
    assert told["APP_URL"] == "http://127.0.0.1:8000"
    assert told["SHOPIFY_GATEWAY_URL"] == "http://127.0.0.1:9000"
    assert told["ENV"] == "development"


def test_the_app_url_follows_the_port_unless_given():
    moved = Ports(web=8003, devstore=9000, smtp=9025)
    assert of_app({}, KEPT, moved, URLS)["APP_URL"] == "http://127.0.0.1:8003"
    assert (
        of_app({"APP_URL": "https://tunnel.example.com"}, KEPT, moved, URLS)["APP_URL"] == "https://tunnel.example.com"
    )


def test_no_mail_and_no_call_leaves_the_machine_whatever_the_shell_says():
    shell = {"SMTP_URL": "smtp://mail.example.com", "ENV": "production", "SHOPIFY_GATEWAY_URL": ""}
    told = of_app(shell, KEPT, PORTS, URLS)
    assert told["SMTP_URL"] == "smtp://127.0.0.1:9025"
    assert told["ENV"] == "development"
    assert told["SHOPIFY_GATEWAY_URL"] == "http://127.0.0.1:9000"


def test_a_given_secret_wins_over_the_kept_one():
    assert of_app({"SHOPIFY_API_KEY": "mine"}, KEPT, PORTS, URLS)["SHOPIFY_API_KEY"] == "mine"


def test_the_dev_store_knows_what_shopify_would_know():
    told = of_devstore(of_app({}, KEPT, PORTS, URLS), PORTS, URLS, Path("/clone"))
    assert told["DEVSTORE_DATABASE_URL"] == URLS.devstore_database
    assert told["SHOPIFY_API_SECRET"] == "secret"
    assert not {"DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEYS", "LINK_KEYS"} & set(told)


def test_foreign_settings_do_not_reach_a_part():
    shell = {
        "PATH": "/usr/bin",
        "HOME": "/home/a",
        "PYTHONPATH": "/elsewhere",
        "PGHOST": "db.example.com",
        "GRANIAN_PORT": "1",
        "DATABASE_URL": "kept",
    }
    told = clean(shell, Path("/clone/.venv"))
    assert told["PATH"] == "/clone/.venv/bin:/usr/bin"
    assert told["HOME"] == "/home/a"
    assert not {"PYTHONPATH", "PGHOST", "GRANIAN_PORT"} & set(told)


def test_installers_trust_the_machines_certificates_unless_told_otherwise():
    told = for_installers({"NODE_EXTRA_CA_CERTS": "/mine"}, has_certificates=True)
    assert told["NODE_EXTRA_CA_CERTS"] == "/mine"
    assert told["SSL_CERT_FILE"] == CERTIFICATES
    assert for_installers({"PIP_USER": "1"}, has_certificates=False) == {}


def test_a_shell_reads_the_variables_back():
    hard = "a 'quoted' $HOME `x` \"y\" ü"
    script = as_shell({"A": hard}) + 'printf %s "$A"'
    assert subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True).stdout.decode() == hard
