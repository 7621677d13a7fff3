"""How far ties between payments, and answers about checks for many claims, can be trusted."""
