"""A small app that uses the stand-ins, and an admin page around it, on two origins as in life."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask, Response, jsonify, request, send_file

from devstore.cdn import blueprint
from tests.serving import serving

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent / "pages"
RETRY = "X-Shopify-Retry-Invalid-Session-Request"


def store_app():
    """The dev store's side: the stand-ins, and an admin page that answers as PROTOCOL.md says."""
    app = Flask("store")
    app.register_blueprint(blueprint)

    @app.get("/admin")
    def admin():
        return send_file(PAGES / "admin.html")

    @app.get("/favicon.ico")
    def favicon():
        return Response(status=204)

    return app


def document(store, body, head=""):
    """A page with the stand-ins, as short as it can be."""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="shopify-api-key" content="key">
<script src="{store}/cdn/app-bridge.js"></script><script src="{store}/cdn/polaris.js"></script>{head}</head>
<body>{body}</body></html>"""


PART = """<s-page heading="Welltimed"><s-section heading="Who">A page and its section</s-section></s-page>
<form action="/echo" method="post"><s-text-field label="Name" name="name" value="Ana"></s-text-field>
<s-select label="Unit" name="unit" value="b"><s-option value="a">A</s-option><s-option value="b">B</s-option></s-select>
<s-choice-list label="Who" name="who">
<s-choice value="new">New</s-choice><s-choice value="all">All</s-choice></s-choice-list>
<s-button type="submit">Send</s-button></form>"""


def embedded_app(store):  # noqa: C901 - one function a page
    """The app's side: pages, an echo of what was posted, and an answer that refuses the first token."""
    app = Flask("embedded")
    release = threading.Event()
    app.config.update(seen=[], release=release)

    @app.get("/")
    @app.get("/page/<name>")
    def page(name="home"):
        text = (PAGES / f"{name}.html").read_text("utf-8")
        return text.replace('src="/cdn/', f'src="{store}/cdn/')

    @app.get("/htmx.js")
    def htmx():
        return send_file(ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js", mimetype="text/javascript")

    @app.route("/echo", methods=["GET", "POST"])
    def echo():
        return jsonify(
            fields=request.form.to_dict(flat=False) or request.args.to_dict(flat=False),
            token=request.headers.get("Authorization"),
            path=request.full_path,
        )

    @app.get("/stale-once")
    def stale_once():
        app.config["seen"].append(request.headers.get("Authorization"))
        if len(app.config["seen"]) == 1:
            return Response("stale", 401, {RETRY: "1"})
        return jsonify(tokens=app.config["seen"])

    @app.get("/bounce")
    def bounce():
        return document(store, "")

    @app.get("/swapped")
    def swapped():
        return document(
            store,
            '<div id="here"><button hx-get="/part" hx-target="#here" hx-swap="innerHTML">Swap</button></div>',
            '<script src="/htmx.js"></script>',
        )

    @app.get("/part")
    def part():
        return PART

    @app.get("/streamed")
    def streamed():
        """Send half a page, and the rest only once the browser has painted that half."""
        whole = page("home")
        whole = whole[: whole.index('<s-section slot="aside"')] + whole[whole.index("</s-page>") :]
        cut = whole.index("<s-divider>")
        paint = "<script>requestAnimationFrame(()=>requestAnimationFrame(()=>fetch('/painted')))</script>"

        def chunks():
            yield whole[:cut].replace("<body>", f"<body>{paint}") + "<!--" + " " * 2048 + "-->"
            release.wait(5)
            yield whole[cut:]

        return Response(chunks(), mimetype="text/html")

    @app.get("/painted")
    def painted():
        release.set()
        return Response(status=204)

    return app


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setenv("DEVSTORE_APP_FOLDER", str(ROOT))
    with serving(store_app()) as address:
        yield address


@pytest.fixture
def app_address(store):
    with serving(embedded_app(store)) as address:
        yield address
