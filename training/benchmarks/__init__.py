"""Measurements: speed against other readers, quality against baselines and the simulator's truth."""
