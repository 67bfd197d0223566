"""The dice: which arm a customer sees, always the same one."""
