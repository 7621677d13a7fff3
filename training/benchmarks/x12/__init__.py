"""Reading X12: how fast and in how much memory, beside other readers."""
