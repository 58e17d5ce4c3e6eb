"""Ledgers (台账): views of the disputes of an area, never typed; every figure with what it counts and what it leaves out."""
