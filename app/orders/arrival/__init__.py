"""Where things are: when a parcel arrived, what the buyer says against it, and what is late."""
