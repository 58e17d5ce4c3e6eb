"""Accounts: passwords, second factors, lock-out, and on which devices somebody is signed in."""
