"""Tests of benchmark records."""
