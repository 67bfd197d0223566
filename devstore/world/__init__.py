"""What shoppers, merchants and carriers do. One verb a file; each stamps times and tells the app."""
