"""A small simulated provider network: claims, remittances and a posting ledger, with the truth kept apart."""
