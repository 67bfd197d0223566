"""Asking for reviews of orders from before: who would be asked, who not and why, and a few a day."""
