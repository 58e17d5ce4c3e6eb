"""A year of real requests through the clocks: the shares on time are those of the file."""

import gzip
from itertools import islice
from pathlib import Path

import pytest

from bench.clocks import read, replay, shares_of_file


@pytest.mark.real
def test_the_shares_of_the_clocks_are_those_of_the_file(db: None, shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "requests311" / "boston_2015.csv.gz"
    requests = list(read(path))[:6000]
    ours, wrong = replay(requests)
    assert wrong == 0
    cut = tmp_path / "cut.csv.gz"
    _first_lines(path, cut, 6001)
    assert ours == shares_of_file(cut)
    for what in ("department", "category"):
        assert sum(promised for (kind, _name), (_kept, promised) in ours.items() if kind == what) > 3000
    assert len([name for kind, name in ours if kind == "category"]) > 20


def _first_lines(path: Path, cut: Path, count: int) -> None:

    with (
        gzip.open(path, "rt", encoding="utf-8", newline="") as file,
        gzip.open(cut, "wt", encoding="utf-8", newline="") as out,
    ):
        out.writelines(islice(file, count))
