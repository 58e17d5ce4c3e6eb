"""What an auditor sees: the journal, who looked and who acted, and whether it is as it was written. No matter, no contact."""
