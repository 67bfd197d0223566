"""What Shopify says, as plain frozen facts: the same facts from a webhook's body and from a GraphQL node. Pure."""
