"""What a mail is made of: templates compiled and filled, words, facts, bytes."""
