"""The HTTP API under ``/v1``: requests to calls, and answers to JSON."""
