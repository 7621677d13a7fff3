"""Accepted matches as an accountant posts them: balanced lines, in batches that never change."""
