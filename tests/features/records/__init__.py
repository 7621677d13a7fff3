"""Tests of matching any two tables: reading and features."""
