"""Which way a run takes, and what starts one. Pure."""
