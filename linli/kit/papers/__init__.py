"""Papers to print and to keep: PDF and DOCX, set in a bounded process, with fonts inside and words that stay words."""
