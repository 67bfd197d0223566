"""Replay as a job: asked for on a page, done in parts by whoever is free, its answer kept."""
