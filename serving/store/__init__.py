"""The store: files taken, claims to match against, the queue's items and what was decided about them."""
