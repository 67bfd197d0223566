"""What decides: timing, the guard and its rules, reasons. Pure."""
