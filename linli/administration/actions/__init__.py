"""Acts of administration: emergency access, and accounts of persons."""
