"""What is wrong in vendor invoices, judged by the sealed truth."""
