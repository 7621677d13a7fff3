"""Certificates for any audited sample: a table of scores and errors, wherever they come from."""
