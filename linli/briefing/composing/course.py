"""The sections on what came in and ended, on how long it took, and on what is open and overdue now."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.briefing.composing.parts import Look, Section, chart, table
from linli.briefing.rules import Rhythm, whole
from linli.briefing.saying import (
    Piece,
    Said,
    changes,
    counted,
    day_of_year,
    grouped,
    is_english,
    joined,
    name_of,
    rate,
    say,
)
from linli.statistics.durations import Length
from linli.statistics.periods import Period
from linli.statistics.reading import DAY, MONTH, figures, opens
from linli.statistics.rules import BY_CODE, TOO_FEW, quantile
from linli.statistics.sheet import Number

_DAYS_OF_A_WEEK, _MONTHS_SHOWN = 7, 12


def in_general(look: Look) -> Section:
    """What came in, what was closed, what was due, what was counted apart, and what reporters say."""
    numbers = look.sheet.numbers
    section = Section(_("The whole picture"))
    if look.sheet.is_empty:
        section.paragraphs.append(say(_("No matter was reported, due or ended in the period, and none is open.")))
        return section
    section.paragraphs += [_came_in(look), _closed(look), _due(look)]
    if any(numbers[code].n for code in _APART):
        section.paragraphs.append(_counted_apart(look))
    if numbers["closed"].n:
        section.paragraphs.append(_answers(look))
    section.charts.append(over_time(look))
    return section


def _came_in(look: Look) -> Said:
    reported = look.sheet.numbers["reported"]
    if not reported.n:
        return say(
            _("Nothing was reported in the period (%(changes)s)."),
            changes=changes(reported.changes, look.sheet.earlier),
        )
    return say(
        _("Reported in the period: %(reported)s, %(changes)s; accepted: %(accepted)s, acceptance rate %(rate)s."),
        reported=counted(reported),
        changes=changes(reported.changes, look.sheet.earlier),
        accepted=counted(look.sheet.numbers["accepted"]),
        rate=rate(look.sheet.shares["acceptance"]),
    )


def _closed(look: Look) -> Said:
    closed = look.sheet.numbers["closed"]
    return say(
        _("Closed in the period: %(closed)s, %(changes)s; of these in time: %(in_time)s."),
        closed=counted(closed),
        changes=changes(closed.changes, look.sheet.earlier),
        in_time=counted(look.sheet.numbers["closed_in_time"]),
    )


def _due(look: Look) -> Said:
    numbers, shares = look.sheet.numbers, look.sheet.shares
    if not numbers["due"].n:
        return say(_("No limit fell inside the period."))
    return say(
        _(
            "Limits that fell inside the period: %(due)s; closed in time: %(in_time)s, closed late: %(late)s, "
            "still open: %(due_open)s, ended otherwise: %(otherwise)s. On-time rate %(on_time)s, closing rate %(closing)s."
        ),
        due=counted(numbers["due"]),
        in_time=counted(numbers["in_time"]),
        late=counted(numbers["late"]),
        due_open=counted(numbers["due_open"]),
        otherwise=counted(numbers["due_otherwise"]),
        on_time=rate(shares["on_time"]),
        closing=rate(shares["closing"]),
    )


_APART = ("turned_away", "withdrawn", "duplicate", "passed_on")


def _counted_apart(look: Look) -> Said:
    return say(
        _(
            "Counted apart, and left in every denominator: not accepted %(turned_away)s, voided %(withdrawn)s, "
            "merged %(duplicate)s, passed on %(passed_on)s."
        ),
        **{code: counted(look.sheet.numbers[code]) for code in _APART},
    )


def _answers(look: Look) -> Said:
    if not look.sheet.numbers["answered"].n:
        return say(
            _("Of those closed, no reporter has answered so far (response %(response)s)."),
            response=rate(look.sheet.shares["response"]),
        )
    return say(
        _(
            "Of those closed, reporters answered: %(answered)s, response %(response)s; satisfied: %(satisfied)s, "
            "satisfaction %(rate)s. Who did not answer is never counted as satisfied."
        ),
        answered=counted(look.sheet.numbers["answered"]),
        response=rate(look.sheet.shares["response"]),
        satisfied=counted(look.sheet.numbers["satisfied"]),
        rate=rate(look.sheet.shares["satisfaction"]),
    )


def over_time(look: Look) -> dict[str, object]:
    """The days of a week, else the twelve months that end with the period: what came in and what was closed."""
    if (look.period.last - look.period.first).days < _DAYS_OF_A_WEEK:
        steps, by = look.period.days(), DAY
        title = _("Reported and closed, day by day")
    else:
        first = _months_before(look.period.last, _MONTHS_SHOWN - 1)
        steps, by = Period(first, look.period.last).months(), MONTH
        span = {"first": name_of(whole(Rhythm.MONTH, first)), "last": name_of(whole(Rhythm.MONTH, look.period.last))}
        title = _("Reported and closed by month, %(first)s to %(last)s") % span
    found = figures(look.scope, look.area.code, Period(steps[0].first, steps[-1].last), by=by, at=look.at)
    codes = ("reported", "closed")
    bars = []
    for step in steps:
        row = found.rows.get(str(step.first))
        counts = [(row.counts[code] or 0) if row else 0 for code in codes]
        values = [
            Piece(grouped(n), look.rows(code, period=step) if n else "") for code, n in zip(codes, counts, strict=True)
        ]
        bars.append((_mark(step), values))
    return chart("over_time", "columns", title, [str(BY_CODE[code].name) for code in codes], bars)  # type: ignore[no-any-return]


def _months_before(day: date, months: int) -> date:
    first = whole(Rhythm.MONTH, day).first
    for _each in range(months):
        first = whole(Rhythm.MONTH, first).before.first
    return first


def _mark(step: Period) -> str:
    """What fits below a bar; the title names the years."""
    if step.first == step.last:
        return day_of_year(step.first)
    return date_format(step.first, "M" if is_english() else "n月")


# --- how long it took --------------------------------------------------------------------------------------------------


def how_long(look: Look) -> Section:
    """Medians and ninetieth percentiles of each step, and the rates of the way."""
    section = Section(_("How long it took"))
    in_all = next((length for one, length in look.sheet.lengths if one.code == "in_all"), None)
    if in_all is None or in_all.n < TOO_FEW:
        section.paragraphs.append(
            say(
                _("Closed in the period with a known length: %(n)s. Too few to speak of a usual length."),
                n=grouped(in_all.n if in_all else 0),
            )
        )
    else:
        section.paragraphs.append(_in_all(look, in_all))
        rows = [(str(one.name), _known(look, length), *_hours(length)) for one, length in look.sheet.lengths]
        section.tables.append(
            table(
                _("Hours begun of each step, of matters closed in the period"),
                [_("Step"), _("Matters"), _("Median (hours)"), _("Nine of ten within (hours)")],
                rows,
            )
        )
    section.paragraphs.append(_on_the_way(look))
    return section


def _in_all(look: Look, length: Length) -> Said:
    return say(
        _(
            "Of %(n)s matters closed in the period, half took no longer than %(median)s hours from report to end, "
            "and nine of ten no longer than %(ninetieth)s hours (by the clock, each hour begun counted)."
        ),
        n=_known(look, length),
        median=grouped(length.median_h or 0),
        ninetieth=grouped(length.ninetieth_h or 0),
    )


def _known(look: Look, length: Length) -> Piece:
    """Of how many it is known; it leads to those closed where it is known of all of them."""
    closed = look.sheet.numbers["closed"]
    return Piece(grouped(length.n), closed.address if length.n == closed.n else "")


def _hours(length: Length) -> tuple[str, str]:
    if length.n < TOO_FEW:
        return _("few"), _("few")
    return grouped(length.median_h or 0), grouped(length.ninetieth_h or 0)


_ON_THE_WAY = ("on_time_dispatch", "on_time_handling", "bouncing", "extension", "rework", "reopening")


def _on_the_way(look: Look) -> Said:
    """Rates of which there is something to reckon them from."""
    shares = [look.sheet.shares[code] for code in _ON_THE_WAY]
    said = [[Piece(f"{one.rate.name} " if is_english() else str(one.rate.name)), *rate(one)] for one in shares]
    known = [one for one, share in zip(said, shares, strict=True) if share.denominator.n]
    if not known:
        return say(_("Nothing was dispatched, handled or due in the period."))
    return say(_("On the way: %(rates)s."), rates=joined(known, _("; ")))


# --- what is open now --------------------------------------------------------------------------------------------------


def backlog(look: Look) -> Section:
    """What is open and overdue at the moment of making, and how old it is."""
    section, numbers = Section(_("Open and overdue now")), look.sheet.numbers
    if not numbers["open"].n:
        section.paragraphs.append(say(_("Nothing is open now.")))
        return section
    section.paragraphs.append(
        say(
            _("Open when this was made: %(open)s; overdue: %(overdue)s; clock paused: %(paused)s."),
            open=counted(numbers["open"]),
            overdue=counted(numbers["overdue"]),
            paused=counted(numbers["paused"]),
        )
    )
    since_report = _ages(look, "open", "reported_at")
    section.paragraphs.append(
        _aged(
            numbers["open"],
            since_report,
            _(
                "Since they were reported, those open are %(median)s days old at the median, the oldest %(oldest)s days."
            ),
            _("Of those open, the oldest was reported %(oldest)s days ago."),
        )
    )
    if numbers["overdue"].n:
        section.paragraphs.append(
            _aged(
                numbers["overdue"],
                _ages(look, "overdue", "due_at"),
                _("Those overdue are %(median)s days past their limit at the median, the longest %(oldest)s days."),
                _("Of those overdue, the longest is %(oldest)s days past its limit."),
            )
        )
    share = look.sheet.shares["overdue_backlog"]
    if share.denominator.n:
        section.paragraphs.append(
            say(_("Of those due in the period, the overdue backlog rate is %(rate)s."), rate=rate(share))
        )
    return section


def _ages(look: Look, figure: str, since: str) -> list[int]:
    """Whole days since then, of the rows behind a figure, the fewest first."""
    moments: Iterable[datetime] = opens(figure, look.area.code, look.period, at=look.at).values_list(since, flat=True)
    return sorted(max((look.at - moment) // timedelta(days=1), 0) for moment in moments)


def _aged(number: Number, ages: list[int], words: str, of_few: str) -> Said:
    """A median of fewer than 20 would say more than is known."""
    oldest = Piece(grouped(ages[-1] if ages else 0), number.address)
    if len(ages) < TOO_FEW:
        return say(of_few, oldest=oldest)
    return say(words, median=grouped(int(quantile(ages, 0.5) or 0)), oldest=oldest)
