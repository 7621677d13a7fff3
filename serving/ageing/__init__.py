"""The queue as time passes: what has waited too long goes to a stricter lane, without anyone calling."""
