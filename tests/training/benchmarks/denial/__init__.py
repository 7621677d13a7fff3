"""Tests of benchmark denial."""
