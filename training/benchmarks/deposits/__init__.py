"""Bank deposits tied to remittances, judged by the sealed truth."""
