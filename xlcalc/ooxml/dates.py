"""Which day and which time does the number in a cell stand for?

A cell holds a date as a number of days, and its number format alone says that it is one. `moment`
takes the number and the format and gives a date, a time or a duration of Python; `iso_text` writes
it as ISO 8601 does. Days are counted from 1900, or from 1904 where the workbook says so.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from xlcalc.cell_values import CellValue
from xlcalc.ooxml.cell_styles import date_letters, is_date_format

Moment: TypeAlias = date | time | timedelta
"""A day, a day with a time, a time of day, or a duration."""
DAYS_1904 = 1462
"""The days from the one that Excel counts as 0 to 1904-01-01, which the other count has as 0."""
_FIRST_DAY = datetime(1899, 12, 31)
"""The day before the day that Excel counts as 1."""
_FIRST_DAY_1904 = datetime(1904, 1, 1)
_LEAP_DAY = 60
"""Excel counts 1900-02-29, which never was: from here on numbers are one ahead of the days."""
_DAYS_END = 2_958_466
"""The day after 9999-12-31."""
_HALF_A_MILLISECOND = 0.0005 / 86_400.0
_COUNTS_ON = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
"""Hours, minutes or seconds that count on beyond a day: what it shows is a duration."""


def moment(value: float, number_format: str, date1904: bool = False) -> Moment | None:
    """Return what a number stands for in a format of dates.

    Parameters
    ----------
    value : float
        The number.
    number_format : str
        The format of its cell.
    date1904 : bool
        Whether the days of the workbook are counted from 1904.

    Returns
    -------
    datetime, date, time, timedelta or None
        A duration where the format counts hours beyond a day, as `[h]:mm`. Else a date, with a
        time where the format has one or the number is not whole. Less than a day is a time alone
        where the format has one and no day, or where days are counted from 1900, which has no day
        0. None where the format is none of dates, or the number no date.
    """
    if not is_date_format(number_format):
        return None
    if _COUNTS_ON.search(number_format.partition(";")[0]):
        within = value >= 0.0 or date1904
        return _rounded(value) if within and abs(value) < _DAYS_END else None
    end = _DAYS_END - (DAYS_1904 if date1904 else 0)
    if value < 0.0 or value + _HALF_A_MILLISECOND >= end:
        return None
    letters = date_letters(number_format)
    has_clock = bool(letters & set("hs"))
    has_day = bool(letters & set("dy")) or not has_clock
    days, part = divmod(value, 1.0)
    clock = _rounded(part)
    if value < 1.0 and not clock.days and not (date1904 and has_day):
        return (_FIRST_DAY + clock).time() if has_clock else None
    if date1904:
        found = _FIRST_DAY_1904 + timedelta(days=days) + clock
    else:
        found = _FIRST_DAY + timedelta(days=days - (value >= _LEAP_DAY)) + clock
    return found if part or has_clock else found.date()


def iso_text(when: Moment) -> str:
    """Return a moment as ISO 8601 writes it: 2026-03-01, 2026-03-01T06:00, 06:00.

    Seconds follow where there are some. A duration is hours, minutes and seconds, as 36:30:00,
    which spreadsheet programs read as one.
    """
    if isinstance(when, timedelta):
        sign, rest = ("-", -when) if when < timedelta(0) else ("", when)
        minutes, seconds = divmod(rest, timedelta(minutes=1))
        text = f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds.seconds:02}"
        thousandths = seconds.microseconds // 1000
        return f"{text}.{thousandths:03}" if thousandths else text
    if isinstance(when, datetime | time):
        fine = "milliseconds" if when.microsecond else "seconds" if when.second else "minutes"
        return when.isoformat(timespec=fine)
    return when.isoformat()


def with_dates(value: CellValue, number_format: str, date1904: bool = False) -> CellValue:
    """Return a value as data has it: a date as its text, any other value as it is."""
    if type(value) is not float:
        return value
    when = moment(value, number_format, date1904)
    return value if when is None else iso_text(when)


def serial(when: date, date1904: bool = False) -> float:
    """Return the number by which a cell holds a day, or a day with a time."""
    if date1904:
        clock = when if isinstance(when, datetime) else datetime.combine(when, time())
        return (clock - _FIRST_DAY_1904) / timedelta(days=1)
    from openpyxl.utils.datetime import to_excel  # slow to import, and dates are rare

    return float(to_excel(when))


def _rounded(days: float) -> timedelta:
    """Return a number of days to the millisecond, as Excel shows it."""
    return timedelta(milliseconds=round(days * 86_400_000.0))
