"""Bodies of collections. They do not say which products are in it."""

from typing import Any

from devstore.state.models import Collection, Shop, gid
from devstore.webhooks.payloads.values import when


def collection_body(collection: Collection, shop: Shop) -> dict[str, Any]:
    """Return the body of collections/create and collections/update."""
    return {
        "id": collection.id,
        "handle": collection.handle,
        "title": collection.title,
        "updated_at": when(collection.updated_at, shop),
        "body_html": f"<p>{collection.title}</p>",
        "published_at": when(collection.created_at, shop),
        "sort_order": "best-selling",
        "template_suffix": None,
        "published_scope": "web",
        "admin_graphql_api_id": gid("Collection", collection.id),
    }
