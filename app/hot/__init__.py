"""The thin layer in front of Flask for the few addresses that are asked most: webhooks, opens and clicks."""
