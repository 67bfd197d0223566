"""Mail over SMTP, driven phase by phase."""
