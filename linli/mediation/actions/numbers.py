"""Numbers without gaps: of disputes by township and year, of cases by body and year."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from linli.areas.codes import padded_township
from linli.mediation.models import Body


def next_number(area: str, at: datetime) -> str:
    """The next number of the township and year, e.g. `440881103-2026-00012`; part of the transaction it is called in."""
    township, year = padded_township(area), timezone.localtime(at).year
    return f"{township}-{year}-{_raise(f'township {township}', year):05d}"


def next_case_number(body: Body, at: datetime) -> str:
    """The next case number of the body and year, e.g. `(2026)石人调字第12号`."""
    year = timezone.localtime(at).year
    return f"({year}){body.prefix}第{_raise(f'body {body.pk}', year)}号"


def _raise(holder: str, year: int) -> int:
    """The next of a series. Others wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mediation_numberseries (holder, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (holder, year) DO UPDATE SET last = mediation_numberseries.last + 1 RETURNING last",
            [holder, year],
        )
        (last,) = cursor.fetchone()
    return int(last)
