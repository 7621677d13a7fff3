"""Remittances on paper: rows that clerks type, and bare check stubs."""
