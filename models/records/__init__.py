"""Matching the records of any two tables: a pair's features to a calibrated confidence."""
