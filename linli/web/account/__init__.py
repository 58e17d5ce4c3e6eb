"""Signing in, and `/account/`: one's password, second factors and sign-ins; helping others to sign in."""
