"""The duties of the personal information law as work: what is kept of persons and why, for how long, and their requests."""
