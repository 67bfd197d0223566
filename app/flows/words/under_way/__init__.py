"""How far a long piece of work is and what it came to: reading the past, looking back, replaying."""
