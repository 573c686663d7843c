"""Which days does the date of a source mean?

`period` takes a text, as 2026-05-07, 2026-05 or 2026, and returns the first and the last day of it;
`middle` returns the day between them, by which dates are compared: a price of "2026" is newer than
one of 2026-05-07 and older than one of 2026-10-10.
"""

import calendar
import functools
import re
from datetime import date

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-(\d{4}))?")
MONTHS = 12


@functools.cache
def period(text: str) -> tuple[date, date]:
    """Return the first and the last day of a date, a month, a year or a span of years.

    Raises
    ------
    ValueError
        If the text is none of them, or no day of the calendar.
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no date')
    year, month, day, last_year = (int(part) if part else None for part in found.groups())
    assert year is not None  # noqa: S101  the pattern has it
    if day is not None and month is not None:
        whole = date(year, month, day)
        return whole, whole
    if month is not None:
        first = date(year, month, 1)
        return first, first.replace(day=calendar.monthrange(year, month)[1])
    last = date(last_year or year, 12, 31)
    if last.year < year:
        raise ValueError(f'"{text}" ends before it begins')
    return date(year, 1, 1), last


def middle(text: str) -> date:
    """Return the day in the middle of a date, which is the day itself where it names one."""
    first, last = period(text)
    return first + (last - first) // 2


def months_before(day: date, months: int) -> date:
    """Return the day so many months before another, or the last one of that month."""
    year, month = divmod(day.year * MONTHS + day.month - 1 - months, MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def newest_day(texts: list[str]) -> date:
    """Return the newest of those dates that name a day."""
    spans = map(period, texts)
    return max(first for first, last in spans if first == last)
