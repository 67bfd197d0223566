"""Opens and clicks: kept, graded, let go of."""
