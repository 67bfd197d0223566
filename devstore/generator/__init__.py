"""Make believable history with known truth: seeded, pure, and never the model the app assumes."""
