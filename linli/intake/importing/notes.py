"""What people should know of an import beyond its refusals: counted by kind, with the words it is about."""

from collections import Counter, defaultdict

#: Different words remembered of one kind, so that a file of nothing but different words needs no more memory.
_REMEMBERED = 300


class Notes:
    """Counts, by kind and column, and by word within them."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.words: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def count(self, kind: str, column: str = "", word: str = "") -> None:
        """One more row of this kind."""
        self.counts[kind, column] += 1
        words = self.words[kind, column]
        if word in words or len(words) < _REMEMBERED:
            words[word] += 1

    def commonest(self, kind: str, column: str, limit: int = 5) -> list[tuple[str, int]]:
        """The commonest words of this kind, with their counts."""
        return self.words[kind, column].most_common(limit)
