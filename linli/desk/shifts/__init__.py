"""Notes between shifts 交接班: what is open and due by itself, with remarks and pinned matters; handed over and taken over."""
