"""All that can be done with disputes, a function each: check, write, record, in one transaction."""
