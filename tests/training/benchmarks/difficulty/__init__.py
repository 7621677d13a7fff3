"""Tests of benchmark difficulty."""
