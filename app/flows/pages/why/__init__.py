"""Why one message was sent, was not, or waits."""
