"""What the shop tells us: verified, kept, applied, and let go of."""
