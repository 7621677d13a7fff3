"""Remittance matching: the claim that each claim payment pays, or none."""
