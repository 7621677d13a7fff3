"""Tests of the thresholds explained."""
