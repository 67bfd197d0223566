"""What happened at the shop: orders, lines, parcels, refunds, returns, and when each parcel really arrived."""
