"""Tests of patterns of denials."""
