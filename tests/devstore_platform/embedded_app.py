"""A small embedded app, as far as the bridge is concerned: it uses everything the admin answers."""

import jwt
from flask import Flask, request

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<script src="{store}/cdn/app-bridge.js" data-api-key="{key}"></script>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body>
<s-app-nav><a href="/" rel="home">Home</a><a href="/flows">Flows</a><a href="/reviews">Reviews</a></s-app-nav>
<main><h1>{title}</h1><p id="query">{query}</p>
<a href="/flows/7">Flow seven</a>
<a href="shopify://admin/orders" target="_top">The shop's orders</a>
<form data-save-bar method="get" action="/saved"><label>Name <input name="name" value="Classic"></label></form>
<p id="out"></p></main>
<script>
const out = document.getElementById("out");
const say = (words) => {{ out.textContent = words; }};
window.act = {{
  toast: () => shopify.toast.show("Saved", {{ action: "Undo", onAction: () => say("undone") }}),
  scopes: async () => say((await shopify.scopes.request(["write_products"])).result),
  pick: async () => {{
    const chosen = await shopify.resourcePicker({{ type: "product" }});
    say(JSON.stringify(chosen.map((one) => one.title)));
  }},
  who: async () => say((await (await fetch("/who")).text())),
}};
</script></body></html>"""


def make(store, key, secret):
    """Return the app; `store` is the dev store's origin."""
    app = Flask(__name__)

    @app.get("/who")
    def who():
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return jwt.decode(token, secret, algorithms=["HS256"], audience=key)["dest"]

    @app.get("/")
    @app.get("/<path:path>")
    def page(path=""):
        own = {name: value for name, value in request.args.items() if name in {"tab", "name"}}
        return PAGE.format(title=path or "Home", store=store, key=key, query=own)

    return app
