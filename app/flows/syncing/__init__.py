"""Keeping a shop's copy true."""
