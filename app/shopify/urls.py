"""Which addresses pages and headers name. Gateway mode swaps all of them for the simulated store's. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

CDN = "https://cdn.shopify.com/shopifycloud"
ADMIN = "https://admin.shopify.com"


@dataclass(frozen=True, slots=True)
class ShopifyUrls:
    """Name Shopify's places for the browser. `gateway_url` has no trailing slash; None means the real ones."""

    gateway_url: str | None

    @property
    def app_bridge(self) -> str:
        """Return the script every embedded document loads first."""
        return f"{self.gateway_url}/cdn/app-bridge.js" if self.gateway_url else f"{CDN}/app-bridge.js"

    @property
    def polaris(self) -> str:
        """Return the script that defines the admin's web components."""
        return f"{self.gateway_url}/cdn/polaris.js" if self.gateway_url else f"{CDN}/polaris.js"

    @property
    def script_origin(self) -> str:
        """Return the origin the scripts come from, for a Content-Security-Policy."""
        parts = urlsplit(self.app_bridge)
        return f"{parts.scheme}://{parts.netloc}"

    def frame_ancestors(self, shop_domain: str | None) -> str:
        """Return who may frame a page: this shop's admin, nobody where the shop is not known."""
        if shop_domain is None:
            return "'none'"
        if self.gateway_url:
            return self.gateway_url
        return f"https://{shop_domain} {ADMIN}"

    def preload(self) -> str:
        """Return the Link header that lets the browser fetch the scripts early."""
        return (
            f'<{self.script_origin}>; rel="preconnect", '
            f'<{self.app_bridge}>; rel="preload"; as="script", <{self.polaris}>; rel="preload"; as="script"'
        )

    def admin_app(self, shop_domain: str, app_id: str, path: str = "") -> str:
        """Return where the merchant sees the app; `app_id` is its handle or client id, `path` starts with a slash."""
        name = shop_domain.removesuffix(".myshopify.com")
        base = f"{self.gateway_url}/admin/{name}" if self.gateway_url else f"{ADMIN}/store/{name}"
        return f"{base}/apps/{quote(app_id, safe='')}{path}"

    def authorize(self, shop_domain: str) -> str:
        """Return where the authorization-code grant begins, without its query."""
        if self.gateway_url:
            # A browser goes there, and it resolves no myshopify.com: the simulated store serves shops by path.
            return f"{self.gateway_url}/admin/{shop_domain.removesuffix('.myshopify.com')}/oauth/authorize"
        return f"https://{shop_domain}/admin/oauth/authorize"
