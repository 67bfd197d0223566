"""What shoppers say about what they bought."""
