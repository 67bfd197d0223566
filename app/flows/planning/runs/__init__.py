"""Runs under way: followed, looked at again, started by the calendar, ended."""
