"""A copy of the app's database in one file, and its return. The simulated store's database is left as it is."""
