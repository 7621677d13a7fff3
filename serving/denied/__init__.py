"""Denied claims as items of the queue: what was refused, what may be done about it, and who works on it."""
