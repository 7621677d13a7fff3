"""Tests of benchmark matching."""
