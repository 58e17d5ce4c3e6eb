"""The duty list in pages: what is in force, where, since when, and what the desk made of it. `/desk/duties/`."""
