"""A county's year of disputes, lived act by act as a plan says, and its ledgers held against what the plan alone says.

242 are accepted unless `LINLI_YEAR_DISPUTES` says how many; 2,418 is the year of a county's report.
`LINLI_BENCH_POSTGRES`, the URL of an empty database, adds a run on PostgreSQL.
"""

import os
from collections.abc import Callable

from bench import queue

ACCEPTED = int(os.environ.get("LINLI_YEAR_DISPUTES", "242"))
SEED = 2025


def run(say: Callable[[str], None]) -> None:
    """Live it on SQLite, and on PostgreSQL if there is one."""
    queue.on_each_store("bench.disputes", say)
