"""When a step speaks: plans, slots and zones. Pure."""
