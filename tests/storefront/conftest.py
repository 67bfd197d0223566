"""A planted dev store whose shop has reviews, once for all tests of the storefront."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from devstore import cdn, seed, storefront
from devstore.config import settings
from devstore.platform.names import app_number, app_type
from devstore.platform.tables import Metaobject, MetaobjectDefinition
from devstore.seed.plant import plant
from devstore.state.engine import create_tables, engine, unit_of_work
from devstore.state.models import Product, Shop
from devstore.webhooks import announce

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef0123456789abcdef"
SECRET = "hush-hush-hush-hush-hush-hush-hush"
SHOP = "kiln-and-kettle"
REVIEWED = "harbour-kettle"
FIELDS = {
    "product_id": "single_line_text_field",
    "rating": "rating",
    "rating_count": "number_integer",
    "histogram": "json",
    "reviews": "json",
    "received_count": "number_integer",
    "hidden_count": "number_integer",
}


def a_review(number=1, **facts):
    return {
        "id": f"r{number}",
        "rating": 5,
        "body": "Pours where you point it, and it is quick.",
        "name": "Ana N.",
        "verified": True,
        "submitted_on": "2026-11-12",
        "locale": "en",
        **facts,
    }


def a_summary(product_id, reviews, *, received=None, hidden=0):
    """The fields as the app writes them: every value a text."""
    histogram = {str(stars): sum(one["rating"] == stars for one in reviews) for stars in range(1, 6)}
    average = sum(one["rating"] for one in reviews) / len(reviews) if reviews else 1
    return {
        "product_id": str(product_id),
        "rating": json.dumps({"value": f"{average:.2f}", "scale_min": "1.0", "scale_max": "5.0"}),
        "rating_count": str(len(reviews)),
        "histogram": json.dumps(histogram),
        "reviews": json.dumps(reviews),
        "received_count": str(received if received is not None else len(reviews) + hidden),
        "hidden_count": str(hidden),
    }


def keep_summary(handle, reviews, *, status="ACTIVE", storefront_access="PUBLIC_READ", **counts):
    """Write one product's summary as the platform keeps it, replacing the one before."""
    now = datetime.now(UTC)
    with unit_of_work(announce=False) as session:
        shop = session.scalars(select(Shop).where(Shop.handle == SHOP)).one()
        shop.installed = True
        product = session.scalars(select(Product).where(Product.shop_id == shop.id, Product.handle == handle)).one()
        kind = app_type(app_number(KEY), "review_summary")
        definition = session.scalars(
            select(MetaobjectDefinition).where(MetaobjectDefinition.type == kind)
        ).one_or_none()
        if definition is None:
            definition = MetaobjectDefinition(
                shop_id=shop.id,
                type=kind,
                name="Review summary",
                fields=[{"key": key, "type": type_} for key, type_ in FIELDS.items()],
                created_at=now,
                updated_at=now,
            )
            session.add(definition)
        definition.storefront_access = storefront_access
        session.flush()
        entry = session.scalars(select(Metaobject).where(Metaobject.handle == str(product.id))).one_or_none()
        if entry is None:
            entry = Metaobject(
                shop_id=shop.id,
                definition_id=definition.id,
                handle=str(product.id),
                values={},
                created_at=now,
                updated_at=now,
            )
            session.add(entry)
        entry.values, entry.status = a_summary(product.id, reviews, **counts), status
        return product.id


def point_at(url, sink, app_url="http://127.0.0.1:1"):
    """Name the variables of a dev store on this database."""
    return {
        "DEVSTORE_DATABASE_URL": url,
        "DEVSTORE_PORT": "9000",
        "DEVSTORE_SMTP_PORT": "0",
        "DEVSTORE_SINK_LOG": str(sink),
        "APP_URL": app_url,
        "SHOPIFY_API_KEY": KEY,
        "SHOPIFY_API_SECRET": SECRET,
        "DEVSTORE_APP_FOLDER": str(ROOT),
    }


def forget():
    """Let the next call read the variables anew."""
    if engine.cache_info().currsize:
        engine().dispose()
    for cached in (engine, settings, announce._watch):
        cached.cache_clear()


def front_app():
    app = Flask("front")
    for part in (storefront, seed, cdn):
        app.register_blueprint(part.blueprint)
    return app


@pytest.fixture(scope="session")
def planted(cluster, tmp_path_factory):
    """The URL of a database with the two demo shops."""
    url = cluster.create_database(owner="devstore")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in point_at(url, tmp_path_factory.mktemp("sink") / "sink.jsonl").items():
            patch.setenv(name, value)
        forget()
        create_tables()
        plant()
        forget()
    return url


@pytest.fixture
def front(planted, monkeypatch, tmp_path):
    """The storefront's Flask app on the planted store."""
    for name, value in point_at(planted, tmp_path / "sink.jsonl").items():
        monkeypatch.setenv(name, value)
    forget()
    yield front_app()
    forget()
