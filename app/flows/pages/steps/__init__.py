"""The five messages: their timing, and each mail with a real order in it."""
