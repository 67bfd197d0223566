"""What decisions are made from, read in a few queries."""
