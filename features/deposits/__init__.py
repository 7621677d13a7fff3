"""The bank's deposits and the payments that remittances, paper checks and stubs announce: what may belong together."""
