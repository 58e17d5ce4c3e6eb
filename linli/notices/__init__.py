"""Notices outside the desk: the inbox of each person, and what reaches them by browser, mail, message or robot."""
