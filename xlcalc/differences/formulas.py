"""Which cells does a formula name, and how is it written once they have moved?

A formula is parted into `Areas` and the pieces of text between them. An area can be moved, written
again, and written as distances from its cell: two formulas that were filled from one another are
then the same text.
"""

import functools
import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from xlcalc.formula_text import TEXT
from xlcalc.ooxml.markup import Position, column_letters, column_number
from xlcalc.ooxml.sheet import MAX_COLUMN, MAX_ROW

LOST = "#REF!"
"""What Excel writes for cells that are gone."""
_SHEET = r"'(?:[^']|'')+'|(?<![\w.$'\]])(?:\[[^\[\]]*\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?"
_AREA = re.compile(
    rf"{TEXT}"
    rf"|(?:(?P<sheet>{_SHEET})!|(?<![\w.$!\\]))"
    r"(?:(?P<c1>\$?[a-z]{1,3})(?P<r1>\$?\d{1,7})"
    r"(?::(?:(?P=sheet)!)?(?P<c2>\$?[a-z]{1,3})(?P<r2>\$?\d{1,7}))?"
    r"|(?P<k1>\$?[a-z]{1,3}):(?P<k2>\$?[a-z]{1,3})"
    r"|(?P<t1>\$?\d{1,7}):(?P<t2>\$?\d{1,7}))(?![\w(.!\\])"
    r"|'(?:[^']|'')*'"
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]",
    re.IGNORECASE | re.DOTALL,
)
_BLANKS = re.compile(
    rf"({TEXT}|'(?:[^']|'')*'|\[[^\]]*\])|(?<!\s)\s*([-+*/^&=<>,;(){{}}])\s*|_xl(?:fn|ws)\."
)
_LINK = re.compile(rf"({TEXT})|(?<![\w\])])\[(\d+)\](?=[^\]]*!)", re.DOTALL)


_REMEMBERED = 1 << 16
"""Formulas whose parts are kept: a formula is asked for when rows are aligned and when compared."""


class Area(NamedTuple):
    """Cells that a formula names.

    Attributes
    ----------
    sheet : str
        The sheet as it is written, without quotation marks; empty for that of the formula.
    kind : str
        "cell", "range", "columns" or "rows".
    top, left, bottom, right : int
        Its cells; whole columns and rows end where sheets do.
    fixed : tuple of bool
        Which of the four has a dollar sign.
    """

    sheet: str
    kind: str
    top: int
    left: int
    bottom: int
    right: int
    fixed: tuple[bool, bool, bool, bool]


class Parted(NamedTuple):
    """A formula as the areas that it names, and the pieces of text around them, one more."""

    pieces: tuple[str, ...]
    areas: tuple[Area, ...]


@functools.lru_cache(maxsize=_REMEMBERED)
def parted(formula: str) -> Parted:
    """Return a formula, without `=`, in its parts."""
    pieces, areas, done = [], [], 0
    for found in _AREA.finditer(formula):
        area = _area(found)
        if area is not None:
            pieces.append(formula[done : found.start()])
            areas.append(area)
            done = found.end()
    return Parted((*pieces, formula[done:]), tuple(areas))


def _area(found: re.Match[str]) -> Area | None:
    """Return what a match names; None for texts, and for cells beyond the last one."""
    sheet = (found["sheet"] or "").strip("'").replace("''", "'")
    if found["c1"] and not found["c2"]:
        row, column = found["r1"], found["c1"]
        down, across = row[0] == "$", column[0] == "$"
        line, place = int(row.lstrip("$")), column_number(column.lstrip("$").encode())
        if not 0 < line <= MAX_ROW or place > MAX_COLUMN:
            return None
        return Area(sheet, "cell", line, place, line, place, (down, across, down, across))
    if found["c1"]:
        rows, columns, kind = (found["r1"], found["r2"]), (found["c1"], found["c2"]), "range"
    elif found["k1"]:
        rows, columns, kind = ("$1", f"${MAX_ROW}"), (found["k1"], found["k2"]), "columns"
    elif found["t1"]:
        rows, columns, kind = (found["t1"], found["t2"]), ("$A", "$XFD"), "rows"
    else:
        return None
    # Of two equal ones the first stays the first, whichever has the dollar sign.
    (top, still), (bottom, stays) = sorted(
        ((int(row.lstrip("$")), row[0] == "$") for row in rows), key=itemgetter(0)
    )
    (left, here), (right, there) = sorted(
        ((column_number(c.lstrip("$").encode()), c[0] == "$") for c in columns), key=itemgetter(0)
    )
    if top < 1 or bottom > MAX_ROW or right > MAX_COLUMN:
        return None
    return Area(sheet, kind, top, left, bottom, right, (still, here, stays, there))


def written(formula: Parted, change: Callable[[Area], Area | None] = lambda area: area) -> str:
    """Return a formula as a text, after a change of its areas; None is a lost one."""
    texts = (a1(area) if area else LOST for area in map(change, formula.areas))
    return _joined(formula.pieces, list(texts))


def a1(area: Area) -> str:
    """Return an area as Excel writes it: Sheet!B2:$C$9."""
    still, here, stays, there = ("$" if fixed else "" for fixed in area.fixed)
    top, bottom = f"{still}{area.top}", f"{stays}{area.bottom}"
    left, right = f"{here}{column_letters(area.left)}", f"{there}{column_letters(area.right)}"
    text = {
        "cell": f"{left}{top}",
        "range": f"{left}{top}:{right}{bottom}",
        "columns": f"{left}:{right}",
        "rows": f"{top}:{bottom}",
    }[area.kind]
    return f"{_quoted(area.sheet)}{text}"


def _quoted(sheet: str) -> str:
    if not sheet:
        return ""
    plain = re.fullmatch(r"(?:\[[\w.]*\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?", sheet)
    return f"{sheet}!" if plain else "'{}'!".format(sheet.replace("'", "''"))


def filled(formula: str, down: int, right: int) -> str:
    """Return a formula as it stands in another cell after filling.

    Examples
    --------
    >>> filled("B2*$C$1+SUM(B:B)", 3, 1)
    'C5*$C$1+SUM(C:C)'
    """

    def moved(area: Area) -> Area | None:
        still, here, stays, there = area.fixed
        top, bottom = (
            (area.top, area.bottom)
            if area.kind == "columns"
            else (
                area.top + down * (not still),
                area.bottom + down * (not stays),
            )
        )
        left, last = (
            (area.left, area.right)
            if area.kind == "rows"
            else (
                area.left + right * (not here),
                area.right + right * (not there),
            )
        )
        if min(top, bottom, left, last) < 1 or max(top, bottom) > MAX_ROW:
            return None
        return (
            None
            if max(left, last) > MAX_COLUMN
            else area._replace(top=top, left=left, bottom=bottom, right=last)
        )

    return written(parted(formula), moved)


def relative(formula: Parted, position: Position) -> str:
    """Return a formula with its areas as distances from its cell.

    Examples
    --------
    >>> relative(parted("B2*$C$1"), (2, 3))
    'R[0]C[-1]*R1C3'
    """
    row, column = position

    def shown(area: Area) -> str:
        still, here, stays, there = area.fixed
        ends = [f"R{area.top}" if still else f"R[{area.top - row}]"]
        ends.append(f"C{area.left}" if here else f"C[{area.left - column}]")
        if area.kind != "cell":
            ends.append(f":R{area.bottom}" if stays else f":R[{area.bottom - row}]")
            ends.append(f"C{area.right}" if there else f"C[{area.right - column}]")
        return _quoted(area.sheet) + "".join(ends)

    return _joined(formula.pieces, [shown(area) for area in formula.areas])


def skeleton(formula: Parted) -> str:
    """Return a formula without what it names, and as every program would write it.

    Blanks beside operators, the case of letters and the prefixes of newer functions say nothing.
    """
    return "\x00".join(map(_plain, formula.pieces))


@functools.lru_cache(maxsize=4096)
def _plain(piece: str) -> str:
    def changed(found: re.Match[str]) -> str:
        return found[1] or found[2] or ""

    texts = re.split(rf"({TEXT})", _BLANKS.sub(changed, piece.strip().replace("\r\n", "\n")))
    return "".join(text if text[:1] == '"' else text.upper() for text in texts)


def with_linked_files(formula: str, files: Sequence[str]) -> str:
    """Return a formula with the names of other files in the place of their numbers.

    Examples
    --------
    >>> with_linked_files('[1]Rates!B2&"[1]"', ["rates.xlsx"])
    '[rates.xlsx]Rates!B2&"[1]"'
    """

    def named(found: re.Match[str]) -> str:
        if found[1] or not 0 < int(found[2]) <= len(files):
            return found[0]
        return f"[{files[int(found[2]) - 1]}]"

    return _LINK.sub(named, formula) if "[" in formula else formula


def _joined(pieces: Sequence[str], texts: Sequence[str]) -> str:
    rest = (text for pair in zip(texts, pieces[1:], strict=True) for text in pair)
    return "".join((pieces[0], *rest))
