"""How well and how fast candidates of claim payments are found."""
