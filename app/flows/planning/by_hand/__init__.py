"""What a merchant presses: start, pause, resume, skip, switch, change a step."""
