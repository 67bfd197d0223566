"""Simulated shoppers: they get the mail, open it, follow its links over HTTP and say what they think.

They know of the app only what a mail shows them. People who are not part of the seed are left to themselves.
"""
