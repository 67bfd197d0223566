"""The way in for merchants: sessions, grants and the tokens a shop gives."""
