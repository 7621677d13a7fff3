"""The service as a whole, in processes of its own: what it withstands, and how fast it answers."""
