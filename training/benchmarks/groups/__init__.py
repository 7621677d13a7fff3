"""Benchmark of payments that are not one payment for one claim."""
