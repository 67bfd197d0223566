"""From a due row to an accepted mail."""
