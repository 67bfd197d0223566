"""Ask the past: walk over what was known of a shop's orders on a clock of its own, with the functions that send."""
