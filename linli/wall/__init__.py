"""The wall: one screen for a whole room, live, with the age of every number. It keeps nothing but which screens show it."""
