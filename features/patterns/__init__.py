"""What patterns of denials are made of: the attributes of claims, and the report that tells what was found."""
