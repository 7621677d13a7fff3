"""Denial risk: the probability of a denial, from a claim as it is sent."""
