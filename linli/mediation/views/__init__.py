"""The staff pages of mediation."""
