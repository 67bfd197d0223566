"""The walk of a replay: what it knows, starts, plans and decides at each instant."""
