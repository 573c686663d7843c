"""What does a German or French list mean by 1.234,5 and by 31.12.2026?

A locale says how numbers and days are written. A text becomes what a program would have written
(1234.5, 2026-12-31), and what no reader could be sure of is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from xlcalc.errors import InputValueError, UsageError, suggestion

_SPACES = "\u00a0\u202f\u2009 "
_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class _Locale:
    """How a country writes: decimal sign, signs between thousands, the sign within a day."""

    decimal: str
    thousands: str
    within_days: str
    day_first: bool


_LOCALES = {
    "de": _Locale(",", ".", "./", day_first=True),
    "fr": _Locale(",", _SPACES, "/.-", day_first=True),
    "es": _Locale(",", "." + _SPACES, "/-", day_first=True),
    "it": _Locale(",", ".", "/-.", day_first=True),
    "ch": _Locale(".", "'’", "./", day_first=True),
    "gb": _Locale(".", ",", "/-", day_first=True),
    "us": _Locale(".", ",", "/-", day_first=False),
}
LOCALES = tuple(_LOCALES)
"""Countries and languages whose lists are read."""


def local_reader(locale: str) -> Callable[[str], str]:
    """Return what reads the text of a number or day of a locale, and leaves other texts alone.

    Parameters
    ----------
    locale : str
        One of `LOCALES`.

    Raises
    ------
    UsageError
        If there is none of this name. What is returned raises an InputValueError for a text that
        may mean two things, as 0.4 in a German list.
    """
    key = locale.lower().replace("_", "-")
    found = _LOCALES.get(key) or _LOCALES.get(key.split("-")[-1]) or _LOCALES.get(key.split("-")[0])
    if found is None:
        known = ", ".join(LOCALES)
        raise UsageError(
            f'there is no locale "{locale}"{suggestion(locale, LOCALES) or f"; there are: {known}"}'
        )
    between = f"[{re.escape(found.thousands)}]"
    number = re.compile(
        rf"(?P<sign>[+-]?)(?P<whole>\d{{1,3}}(?:{between}\d{{3}})+|\d*)"
        rf"(?:{re.escape(found.decimal)}(?P<part>\d*))?(?P<power>[eE][+-]?\d+)?\s*(?P<percent>%?)"
    )
    strip = str.maketrans("", "", found.thousands)

    def read(text: str) -> str:
        plain = text.strip()
        if not any(letter.isdigit() for letter in plain) or _ISO.match(plain):
            return text
        if day := _DAY.fullmatch(plain):
            return _day(day, found, text, locale)
        matched = number.fullmatch(plain)
        if matched is None:
            if re.fullmatch(r"[\d.,'’\s+-]+%?", plain):
                raise InputValueError(
                    f'"{text}" is no number as --locale {locale} writes it: the decimal sign is '
                    f'"{found.decimal}"'
                )
            return text
        whole, part = matched["whole"].translate(strip), matched["part"]
        decimals = f".{part}" if part else ""
        return (
            f"{matched['sign']}{whole or '0'}{decimals}{matched['power'] or ''}{matched['percent']}"
        )

    return read


def _day(found: re.Match[str], locale: _Locale, text: str, name: str) -> str:
    first, sign, second, year = found.groups()
    if sign not in locale.within_days:
        raise InputValueError(f'"{text}" is no day as --locale {name} writes it')
    if len(year) == 2:
        raise InputValueError(f'"{text}" has a year of two digits: write all four')
    day, month = (first, second) if locale.day_first else (second, first)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise InputValueError(
            f'"{text}" is no day: --locale {name} begins with the '
            f"{'day' if locale.day_first else 'month'}"
        ) from None


def local_cells(
    locale: str | None, texts: Sequence[bool]
) -> Callable[[Sequence[object]], list[object]]:
    """Return what reads the cells of a row of a list, which a locale may have written.

    Parameters
    ----------
    locale : str or None
        One of `LOCALES`; cells stay as they are without one.
    texts : sequence of bool
        Whether a column holds texts, which stay as they are.

    Raises
    ------
    UsageError
        As `local_reader` does, and what is returned as well.
    """
    if locale is None:
        return list
    read = local_reader(locale)

    def cells_of(row: Sequence[object]) -> list[object]:
        return [
            read(cell) if isinstance(cell, str) and not is_text else cell
            for cell, is_text in zip(row, texts, strict=False)
        ] + list(row[len(texts) :])

    return cells_of
