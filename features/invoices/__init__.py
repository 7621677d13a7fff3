"""Vendor invoices against their orders and receipts: what differs, and what came before."""
