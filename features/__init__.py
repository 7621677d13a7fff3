"""Outside bytes to typed records to model-ready columns. Knows no model."""
