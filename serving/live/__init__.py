"""What a worker serves with, and how it goes over to new champions while it serves."""
