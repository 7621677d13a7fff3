"""Certified routing: whether what is promised of the automatic lane holds, and how much of the work it carries."""
