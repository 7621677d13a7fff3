"""Tests of benchmark x12."""
