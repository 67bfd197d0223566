"""What a merchant reads about decisions. Pure, English."""
