"""Backups of a home: made while it runs, sealed, proved by restoring them, and restored (docs/operation.md, decision 15).

A backup is a folder `linli-20261129T180000Z` with the sealed files `manifest`, `database`, `home` (a tar of what else lies in
the home, its secret key included), `photos` (a list) and the folder `media`. It has this name only once it is complete.
"""
