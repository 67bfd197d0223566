"""Ratios against other people's programs, both sides measured in turn in one run."""
