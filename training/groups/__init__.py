"""Learning, from the files of a provider, what payments belong together."""
