"""Asking about past orders: who would be asked, who not and why, start and stop."""
