"""Throws broken input at every door and reader of files: `make fuzz`. docs/security.md says what it proves and what not."""
