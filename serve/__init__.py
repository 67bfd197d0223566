"""One machine's supervisor: embedded servers and the parts of `bin/run`. Standard library alone."""
