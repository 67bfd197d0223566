"""What the law lets a shop send, by country, as a table with its sources. Pure."""
