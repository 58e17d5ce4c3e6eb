"""Legal holds: what must be kept as it is, whatever its time or anybody's wish says, until somebody ends the hold."""
