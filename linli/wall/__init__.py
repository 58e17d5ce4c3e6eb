"""The wall: one screen for a whole room, live, with the age of every number. It reads, and keeps nothing."""
