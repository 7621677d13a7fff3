"""The demonstration: the whole way from files to routed items, run as a user would run it."""
