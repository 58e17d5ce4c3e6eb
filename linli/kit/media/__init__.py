"""Photos, videos and voice notes: checked by content, kept as they were sent; what is seen is a rendition without hidden data."""
