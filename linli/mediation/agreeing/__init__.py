"""What parties agree on: amounts and clauses as values, the text made of them, versions compared. Nothing is stored here."""
