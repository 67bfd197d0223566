"""Reading and writing rows by statements made once: plain, several in one trip, found or made."""
