"""How like the real thing the simulated network is: figures of its files against published ones."""
