"""Tools for those who work on linli; nothing here runs in production."""
