"""Thresholds explained: how each cell came to its certificate or to none, as figures, sentences and pictures."""
