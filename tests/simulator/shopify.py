"""Answer the app's Admin API calls from the world, as badly as the seed wants: late, throttled, broken, forgetful."""

import json
import re
from collections import Counter
from datetime import timedelta

import httpx

from tests.simulator import nodes, speak

NAME = re.compile(r"(?:query|mutation)\s+(\w+)")
SINCE = re.compile(r"updated_at:>='?([^'\s]+)'?")
LIFE = timedelta(hours=1)
SCOPES = ("read_orders", "read_fulfillments", "read_customers", "read_products", "read_returns", "write_customers")
ORDERS_OF_A_PAGE = 6


class Shopify(httpx.BaseTransport):
    """Stand where the network is."""

    def __init__(self, hub, world, fates):
        self.hub, self.world, self.fates = hub, world, fates
        self.pairs = {}  # shop domain -> {"access": {token: ends}, "refresh": {token: replaces}, "count": n}
        self.asked = Counter()

    def issue(self, domain):
        """Return a first token pair, as an exchange does."""
        kept = self.pairs.setdefault(domain, {"access": {}, "refresh": {}, "count": 0})
        kept["access"], kept["refresh"] = {}, {}
        return self._issue(domain, None)

    def _issue(self, domain, replaces):
        kept = self.pairs[domain]
        kept["count"] += 1
        access, refresh = f"shpua_{domain[:2]}{kept['count']}", f"shprt_{domain[:2]}{kept['count']}"
        kept["access"][access] = self.hub.now + LIFE
        kept["refresh"][refresh] = replaces
        return access, refresh

    def handle_request(self, request):
        """Answer, or fail as networks do."""

        self.hub.perhaps_give_way()
        domain = request.headers["Host"]
        shop = self.world.shops[domain]
        trouble = self.fates.of_shopify()
        if trouble == "timeout":
            raise httpx.ReadTimeout("no answer", request=request)
        if trouble == "broken":
            return httpx.Response(502, text="<html>Bad gateway</html>", request=request)
        if request.url.path.endswith("/oauth/access_token"):
            return self._renew(request, shop)
        if not shop.installed:
            return httpx.Response(401, json={"errors": "[API] Invalid API key or access token"}, request=request)
        ends = self.pairs[domain]["access"].get(request.headers.get("X-Shopify-Access-Token"))
        if ends is None or ends < self.hub.now:
            return httpx.Response(401, json={"errors": "[API] Invalid API key or access token"}, request=request)
        if trouble == "throttled":
            cost = {"requestedQueryCost": 100, "throttleStatus": {"currentlyAvailable": 50, "restoreRate": 100.0}}
            told = {
                "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                "extensions": {"cost": cost},
            }
            return httpx.Response(200, json=told, request=request)
        asked = json.loads(request.content)
        name = NAME.search(asked["query"])[1]
        self.asked[name] += 1
        known = getattr(self, f"_{name[0].lower()}{name[1:]}", None)
        if known is None:
            refused = {"message": f"{name} is not for you", "extensions": {"code": "BAD_USER_INPUT"}}
            return httpx.Response(200, json={"errors": [refused]}, request=request)
        answer = known(shop, asked.get("variables") or {})
        self.hub.perhaps_give_way()
        return httpx.Response(200, json={"data": answer}, request=request)

    def _renew(self, request, shop):
        kept, body = self.pairs[shop.domain], request.content.decode()
        given = json.loads(body).get("refresh_token") if body.startswith("{") else dict(
            part.split("=", 1) for part in body.split("&")
        ).get("refresh_token")  # fmt: skip
        if not shop.installed or given not in kept["refresh"]:
            return httpx.Response(400, json={"error": "invalid_grant"}, request=request)
        kept["refresh"].pop(kept["refresh"][given], None)  # its replacement is being used now
        access, refresh = self._issue(shop.domain, given)
        if self.fates.loses_refresh():
            raise httpx.ReadTimeout("the answer is lost", request=request)
        told = {
            "access_token": access, "scope": ",".join(SCOPES),
            "expires_in": 3600, "refresh_token": refresh, "refresh_token_expires_in": 7_776_000,
        }  # fmt: skip
        return httpx.Response(200, json=told, request=request)

    # -- one method for each of the app's documents

    def _order(self, shop, asked):
        it = shop.orders.get(number(asked["id"]))
        return {"order": None if it is None or it.deleted else nodes.order_node(shop, it)}

    def _ordersUpdated(self, shop, asked):  # noqa: N802 - the document's name
        found = sorted(
            (each for each in changed_since(shop.orders.values(), asked) if not each.deleted),
            key=lambda each: (each.updated_at, each.id),
        )
        start = int(asked.get("after") or 0)
        size = asked.get("orders", ORDERS_OF_A_PAGE)
        cursor = str(start + size) if start + size < len(found) else None
        found = [nodes.order_node(shop, each) for each in found[start : start + size]]
        return {"orders": nodes.page(found, cursor)}

    def _orderLines(self, shop, asked):  # noqa: N802
        return self._order(shop, asked)

    def _orderParcels(self, shop, asked):  # noqa: N802
        return self._order(shop, asked)

    def _fulfillment(self, shop, asked):
        wanted = number(asked["id"])
        found = [(order, each) for order in shop.orders.values() for each in order.parcels if each.id == wanted]
        return {"fulfillment": nodes.parcel_node(*found[0]) if found else None}

    def _returnCase(self, shop, asked):  # noqa: N802
        wanted = number(asked["id"])
        found = [(order, each) for order in shop.orders.values() for each in order.returns if each.id == wanted]
        return {"return": nodes.return_node(*found[0]) if found else None}

    def _nodes(self, shop, asked):
        there = {
            "Order": {key for key, each in shop.orders.items() if not each.deleted},
            "Customer": {key for key, each in shop.people.items() if not each.gone},
            "Product": set(shop.products),
        }
        return {
            "nodes": [
                {"__typename": kind, "id": each} if number(each) in there[kind] else None
                for each in asked["ids"]
                for kind in (each.split("/")[3],)
            ]
        }

    def _product(self, shop, asked):
        wanted = number(asked["id"])
        title = shop.products.get(wanted)
        return {"product": None if title is None else nodes.product_node(wanted, title)}

    def _collections(self, _shop, _asked):
        return {"collections": nodes.page([])}

    def _products(self, shop, asked):
        if asked.get("query"):
            return {"products": nodes.page([])}
        return {"products": nodes.page([nodes.product_node(*each) for each in shop.products.items()])}

    def _customer(self, shop, asked):
        it = shop.people.get(number(asked["id"]))
        return {"customer": None if it is None or it.gone else nodes.customer_node(it)}

    def _customers(self, shop, asked):
        found = [each for each in changed_since(shop.people.values(), asked) if not each.gone]
        return {"customers": nodes.page([nodes.customer_node(each) for each in found])}

    def _emailConsentUpdate(self, shop, asked):  # noqa: N802
        told = asked["input"]
        it = shop.people.get(number(told["customerId"]))
        if it is None or it.gone:
            refused = [{"field": ["input", "customerId"], "message": "Customer not found", "code": "INVALID"}]
            return {"customerEmailMarketingConsentUpdate": {"customer": None, "userErrors": refused}}
        state = told["emailMarketingConsent"]["marketingState"].lower()
        self.world.consent(shop, it, self.hub.now.replace(microsecond=0), state, by="app")
        answer = {"customer": {"id": told["customerId"]}, "userErrors": []}
        return {"customerEmailMarketingConsentUpdate": answer}

    def _shop(self, shop, _asked):
        return {"shop": nodes.shop_node(shop)}

    # A shop's past: there is none when the app comes, so an operation ends at once and has no file.

    def _ordersCount(self, _of, _asked):  # noqa: N802
        return {"ordersCount": {"count": 0}}

    def _bulkRun(self, _of, _asked):  # noqa: N802
        begun = {"id": speak.gid("BulkOperation", 1), "status": "CREATED"}
        return {"bulkOperationRunQuery": {"bulkOperation": begun, "userErrors": []}}

    def _bulkLook(self, _of, _asked):  # noqa: N802
        counts = {"objectCount": "0", "rootObjectCount": "0", "errorCode": None, "url": None}
        return {"bulkOperation": {"id": speak.gid("BulkOperation", 1), "status": "COMPLETED", **counts}}

    def _orderDetails(self, shop, asked):  # noqa: N802
        wanted = [shop.orders.get(number(each)) for each in asked["ids"]]
        return {"nodes": [nodes.order_node(shop, each) if each and not each.deleted else None for each in wanted]}

    def _installation(self, _of, _asked):
        scopes = [{"handle": each} for each in SCOPES]
        return {
            "currentAppInstallation": {"id": speak.gid("AppInstallation", 1), "launchUrl": "", "accessScopes": scopes}
        }

    def _metaobjectDefinition(self, _of, _asked):  # noqa: N802
        return {"metaobjectDefinitionByType": None}

    def _metaobjectDefinitionCreate(self, _of, _asked):  # noqa: N802
        refused = [{"field": ["definition"], "message": "not now", "code": "INVALID"}]
        return {"metaobjectDefinitionCreate": {"metaobjectDefinition": None, "userErrors": refused}}


def number(gid):
    """Return the number in an id."""
    return int(gid.rsplit("/", 1)[1])


def changed_since(rows, asked):
    """Return the rows a search by change finds."""
    found = SINCE.search(asked.get("query") or "")
    since = found[1] if found else ""
    return [each for each in rows if speak.utc(each.updated_at) >= since]
