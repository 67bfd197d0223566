"""What the simulated store remembers: its tables and the engine that reaches them."""
