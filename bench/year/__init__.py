"""A simulated county year: matters driven through the real actions by people who object, hand back, extend and go on leave.

31,000 matters, 24 departments and 22 townships from the first of January on, in virtual time, with the worker cut down at
random. Every act goes through the form and the action a person would use. The whole year takes some hours of one core, so
that a run has 1,000 matters unless `LINLI_YEAR_MATTERS` says how many.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace

from bench.year.county import Size


def run(say: Callable[[str], None]) -> None:
    """Live through the year on a store of its own and say what held."""
    from django.core.management import call_command

    from bench.year.course import Year

    matters = int(os.environ.get("LINLI_YEAR_MATTERS", "1000"))
    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    year = Year(replace(Size(), matters=matters), seed=2026)
    year.live(say)
    for line in year.told():
        say(line)
    say(f"lived through in {time.perf_counter() - start:,.0f} s")
    if year.broken:
        raise SystemExit("A law did not hold.")
