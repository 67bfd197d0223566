"""What would have happened: ask a flow of the shop's past, watch it, read the answer."""
