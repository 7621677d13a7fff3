"""The audit log: what it says of each thing that happened, how it is chained, anchored and verified, and replay."""
