"""The door for browsers: the desk, the map, the public pages."""
