"""Small tools that know nothing of grassroots governance."""
