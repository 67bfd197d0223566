"""Reading a shop's past: everything a bulk operation gives, what it cannot give by pages, and a baseline of it."""
