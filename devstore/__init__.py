"""A simulated Shopify store for development, demos and tests.

It stands where Shopify would stand: it keeps shops, orders and parcels, sends signed webhooks,
answers the Admin API, shows a storefront and an admin, and receives the mail the app sends.
It shares no code with the app, so that agreement between the two means something.
"""
