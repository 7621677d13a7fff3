"""Which paid line answers which billed line, with the line control numbers taken away."""
