"""The programming interface for other systems of the county, `/api/v1/`: to read, by a key, ids and codes and never a person.

`operations` is the table of all there is; `declaring` says what an operation is, `door` what happens around each, `document`
makes OpenAPI of the table, and `answers` is the form of what comes back.
"""
