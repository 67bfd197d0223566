"""What Shopify says, as plain frozen facts: the same facts from a webhook's body and from a GraphQL node. Pure.

`parse_body` reads bytes within limits. `webhook_orders`, `webhook_people` and `webhook_goods` read webhooks' bodies,
`node_orders` and `node_people` the Admin API's nodes. What cannot be used raises PayloadError, whatever it is.
"""

from app.shopify.payloads.fault import PayloadError
from app.shopify.payloads.strict_json import parse as parse_body

__all__ = ["PayloadError", "parse_body"]
