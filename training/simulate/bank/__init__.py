"""The money behind remittances: how payers send it, and the deposits that the bank shows."""
