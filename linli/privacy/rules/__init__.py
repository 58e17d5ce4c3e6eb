"""What is kept of persons, why, for how long, and what may be answered to them. Tables, pure."""
