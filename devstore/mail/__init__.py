"""Where all mail ends: an SMTP listener with a log that is the truth, and an inbox to read it in."""

from devstore.mail.pages import blueprint

__all__ = ["blueprint"]
