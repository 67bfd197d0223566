"""What became of one message, and why: the verdict, the rules it passed, the plan, what people did about it."""
