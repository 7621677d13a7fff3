"""Learning to match the records of any two tables from labelled pairs."""
