"""Webhooks: telling other systems what was done (out), and taking in what they push (in). Signed as Standard Webhooks has it."""
