"""Finds which combinations of a claim's attributes drive denials, when payers changed, and what is denied again."""
