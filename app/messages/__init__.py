"""One message: rendered, sent, tracked."""
