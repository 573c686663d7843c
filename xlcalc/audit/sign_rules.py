"""Which figure has another sign than all others of its row or column?

Typed figures alone are judged: costs are all positive or all negative in one workbook, as its
author likes, and one of them with the other sign is added where the others are taken away.
"""

import re
from collections.abc import Iterator, Sequence

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named, runs_of
from xlcalc.ooxml.markup import Position

_ONE_SIGN = re.compile(
    r"\b(?:costs?|expenses?|fees?|prices?|revenues?|sales|turnover|rents?|salar(?:y|ies)|wages?"
    r"|depreciation|amorti[sz]ation|payroll|spend(?:ing)?|capex|opex|energy|power|units?|quantity"
    r"|volume|headcount|cogs|royalt(?:y|ies)|licen[cs]es?|maintenance|insurance|hosting)\b",
    re.IGNORECASE,
)
"""Labels of figures that have one sign in all periods."""
_EITHER = re.compile(
    r"\b(?:profit|loss|net|change|changes|growth|variance|difference|delta|balance|cash ?flow"
    r"|return|margin|adjust\w*|correction|refund\w*|credit\w*|deferred|gain|rebate|discount\w*"
    r"|[a-z]+ vs|effect|impact|increase|decrease|reversal|accru\w*|sale of)\b|%|\bΔ",
    re.IGNORECASE,
)
"""Labels of figures that have either."""
_LEAST = 4
_NEAR = 5.0
"""How many times as large as the smallest, or as small as the largest, the figure is at most."""


def sign_findings(book: Audited) -> Iterator[Finding]:
    """Yield typed figures with another sign than their row or column."""
    for sheet in book.values:
        numbers = {p: v for p, v in book.constants(sheet).items() if type(v) is float}
        for across in (True, False):
            lines: dict[int, list[int]] = {}
            for row, column in sorted(numbers):
                line, along = (row, column) if across else (column, row)
                lines.setdefault(line, []).append(along)
            for line, places in lines.items():
                for run in runs_of(sorted(places)):
                    cells = [(line, at) if across else (at, line) for at in run]
                    odd = _odd([numbers[cell] for cell in cells])
                    if odd is None:
                        continue
                    label = _label(book, sheet, cells, odd, across=across)
                    if not _ONE_SIGN.search(label) or _EITHER.search(label):
                        continue
                    where = "row" if across else "column"
                    text = (
                        f"{numbers[cells[odd]]:,.12g} has another sign than the "
                        f"{len(run) - 1} figures beside it in its {where}"
                    )
                    yield Finding("odd-sign", sheet, named(cells[odd]), text, label[:80])


def _odd(figures: Sequence[float]) -> int | None:
    """Return the place of the one figure that has another sign than the rest, and their size."""
    signed = [(place, figure) for place, figure in enumerate(figures) if figure]
    for negative in (True, False):
        odd = [place for place, figure in signed if (figure < 0) == negative]
        if len(odd) == 1 and len(signed) >= _LEAST:
            sizes = [abs(figure) for place, figure in signed if place != odd[0]]
            if min(sizes) / _NEAR <= abs(figures[odd[0]]) <= max(sizes) * _NEAR:
                return odd[0]
    return None


def _label(book: Audited, sheet: str, cells: Sequence[Position], odd: int, *, across: bool) -> str:
    """Return the text beside a row, above a column of things, or beside each of its cells."""
    if across:
        return book.label(sheet, cells[0])
    row, column = cells[0]
    beside = [book.label(sheet, cell) for cell in cells]
    heading = book.values[sheet].get((row - 1, column))
    if isinstance(heading, str) and _ONE_SIGN.search(heading):
        return heading if all(beside) else ""
    alike = all(_ONE_SIGN.search(label) and not _EITHER.search(label) for label in beside)
    return beside[odd] if alike else ""
