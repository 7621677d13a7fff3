"""Records of any two tables: what a spec says of their columns, candidates, and how a pair agrees."""
