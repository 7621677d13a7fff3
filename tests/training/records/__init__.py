"""Tests of learning to match any two tables."""
