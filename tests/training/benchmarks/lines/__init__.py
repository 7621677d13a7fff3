"""Tests of benchmark lines."""
