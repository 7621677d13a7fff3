"""What is told to others: events written with what they tell, and delivered at least once."""
