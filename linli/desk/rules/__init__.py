"""What the tools of the desk allow and understand, as tables and pure functions."""
