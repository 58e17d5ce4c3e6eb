"""Doors for devices and other systems: what is sent in bulk becomes events."""
