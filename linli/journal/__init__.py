"""What was done, and who must be told."""
