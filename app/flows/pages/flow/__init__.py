"""One flow as a document: what it does, its versions, another version, its switch."""
