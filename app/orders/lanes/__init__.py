"""How long parcels take on each way they go, learned from the shop's own, and what that says about one of them."""
