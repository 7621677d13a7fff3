"""Who asks: actors with their roles and facilities, how they prove who they are, and what each may do."""
