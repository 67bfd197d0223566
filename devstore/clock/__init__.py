"""The store's time: real time plus an offset that a demo or a test can move."""
