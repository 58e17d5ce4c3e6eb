"""Photos and videos: checked by content, kept as they were sent, shown only as renditions without hidden data."""
