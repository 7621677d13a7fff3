"""Challengers: they score what the champions scored on live traffic, and nobody is answered by what they say."""
