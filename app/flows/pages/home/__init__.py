"""The first page: how it goes, what needs the merchant, what was not sent."""
