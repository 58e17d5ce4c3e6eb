"""Complaints and suggestions about linli itself: left on any page by anybody, read and answered by the administrator."""
