"""Public record-matching sets, for the machinery of ``match-records``."""
