"""Lists that are taken away as files: a reason, an approver above a size, a mark in the file, an end."""
