"""Vendor invoices in the queue: taken with their orders and receipts, judged, and decided by people."""
