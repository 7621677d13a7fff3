"""How long patients' data is kept, and its removal when that is over."""
