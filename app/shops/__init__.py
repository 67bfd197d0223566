"""The tenant: the shop, its tokens, its settings, its life from install to redaction."""
