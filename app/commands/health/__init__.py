"""`flask doctor`: whether this installation is well, a check a file."""
