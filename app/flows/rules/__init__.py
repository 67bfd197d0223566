"""What decides: the guard, its rules and the reasons. Pure."""
