"""Bulk operations: a query over everything, run in the background, its answer a file of lines."""
