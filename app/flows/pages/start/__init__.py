"""Starting the flows."""
