"""The merchant's desk: reviews to decide, and deciding them."""
