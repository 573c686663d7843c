"""Which cells does the formula of a data validation name, as it stands for one of its cells?

A rule is written for the first cell that it covers, and moves with the cell that it is asked for.
The same formula is wanted where it can be calculated on a sheet of its own: so each reference gets
its sheet, and each name and column of a table is replaced by what it stands for.

An example: on the sheet `Plan`, for a cell one row below the first,

    A1+tax*SUM(Rates[2026])  becomes  'Plan'!A2+(0.19)*SUM('Rates'!B2:B9)

where `tax` stands for a constant, and `Rates` is a table of a sheet with the same name.
"""

import functools
import re
from collections.abc import Mapping

from xlcalc.formula_text import TEXT, Reference, replace_references
from xlcalc.ooxml.markup import Position, cell_name, column_letters
from xlcalc.ooxml.sheet import MAX_COLUMN, MAX_ROW, box_of
from xlcalc.ooxml.tables import Area, heading_of

_DEEPEST = 8
"""How many names may lead to each other."""
_ELSEWHERE = re.compile(r"""\[[^\[\]]*\](?:[\w.]*|[^\[\]"'!]*(?:''[^\[\]"'!]*)*')!""")
"""A sheet of another file, as [1]Sheet! or 'C:\\[file.xlsx]Sheet'!."""
_TABLE = re.compile(
    rf"{TEXT}|'(?:[^']|'')*+(?:'|\Z)|(?<![\w.\\])([^\W\d][\w.\\]*+)\[([^\[\]@#]*\])?"
)
"""A column of a table, outside texts and names of sheets; a second group if it is a plain one."""
_AREA = re.compile(
    r"(?:('(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    r"(\$?[a-z]{1,3}\$?\d+(?::\$?[a-z]{1,3}\$?\d+)?|\$?[a-z]{1,3}:\$?[a-z]{1,3}|\$?\d+:\$?\d+)",
    re.IGNORECASE,
)
_OWN_WORDS = {"true", "false"}


class Undecided(Exception):  # noqa: N818  no failure: the reason why a rule is not judged
    """The reason why nobody but Excel can say what a rule allows."""


class RuleFormulas:
    """The formulas of rules, as they stand for a cell.

    Parameters
    ----------
    names : mapping of (str or None, str) to str
        What each defined name stands for, by the sheet that it holds on and in lower case.
    columns : mapping of (str, str) to Area
        The cells of each table and column, as `table_columns` gives them.
    sheets : mapping of str to str
        The name of each sheet, by its name in lower case.
    """

    def __init__(
        self,
        names: Mapping[tuple[str | None, str], str],
        columns: Mapping[tuple[str, str], Area],
        sheets: Mapping[str, str],
    ) -> None:
        self._names, self._columns, self._sheets = names, columns, sheets

    def at(self, text: str, corner: Position, position: Position) -> str:
        """Return a formula that is written for a corner, as it stands for a position."""
        return _moved(text, cell_name(corner), cell_name(position))

    def expanded(self, text: str, sheet: str, position: Position, depth: int = 0) -> str:
        """Return a formula of a cell as a sheet of its own can have it.

        Raises
        ------
        Undecided
            If it names cells of another file, or a name that nobody knows.
        """
        if _ELSEWHERE.search(text):
            raise Undecided(f"={text:.60} names cells of another file")
        text = _TABLE.sub(self._column, text)

        def change(found: Reference) -> str | None:
            if found.area:
                if ":" in found.sheets:
                    raise Undecided(f"={text:.60} reads through several sheets")
                return f"{quoted(found.sheets or sheet)}!{found.area}"
            return self._named(found, sheet, position, depth)

        return replace_references(text, change)

    def _column(self, found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        heading = heading_of((found[2] or "").removesuffix("]").strip())
        area = self._columns.get((found[1].lower(), heading)) if found[2] else None
        if area is None:
            raise Undecided(f"no plain column of a table is meant by {found[0]:.60}")
        return area_text(area)

    def _named(self, found: Reference, sheet: str, position: Position, depth: int) -> str | None:
        """Return what a name stands for, in brackets unless it is an area."""
        name = found.name.lower()
        if name in _OWN_WORDS or name.startswith(("_xlpm", "_xlop")):
            return None
        scope = self._sheets.get(found.sheets.lower(), sheet) if found.sheets else sheet
        text = self._names.get((scope, name), self._names.get((None, name)))
        if text is None and (name, "") in self._columns:
            return area_text(self._columns[name, ""])
        if text is None or depth >= _DEEPEST:
            raise Undecided(f"{found.name:.60} is no name of the workbook")
        moved = _moved(text, "A1", cell_name(position))
        text = self.expanded(moved, scope, position, depth + 1)
        return text if self.area_of(text) else f"({text})"

    def area_of(self, text: str) -> Area | None:
        """Return the cells that an expanded formula is, if it is a reference and no more."""
        found = _AREA.fullmatch(text)
        if found is None:
            return None
        sheet = (found[1] or "").strip("'").replace("''", "'").lower()
        if sheet not in self._sheets:
            return None
        left, top, right, bottom = box_of(found[2].replace("$", ""))
        return self._sheets[sheet], (
            min(left, right),
            min(top, bottom),
            max(left, right),
            max(top, bottom),
        )


def area_text(area: Area) -> str:
    """Return how a formula names some cells; their sheet stands before them."""
    sheet, (left, top, right, bottom) = area
    if not (1 <= left <= right <= MAX_COLUMN and 1 <= top <= bottom <= MAX_ROW):
        return "#REF!"
    first, last = f"${column_letters(left)}${top}", f"${column_letters(right)}${bottom}"
    return f"{quoted(sheet)}!{first}" + (f":{last}" if first != last else "")


def quoted(sheet: str) -> str:
    """Return the name of a sheet as a formula has it."""
    doubled = sheet.replace("'", "''")
    return f"'{doubled}'"


@functools.lru_cache(maxsize=4096)
def _moved(text: str, origin: str, target: str) -> str:
    """Return a formula moved from one cell to another."""
    if origin == target:
        return text
    from openpyxl.formula.translate import Translator, TranslatorError  # slow to import

    try:
        return str(Translator(f"={text}", origin).translate_formula(target)).removeprefix("=")
    except TranslatorError:
        raise Undecided(f"={text:.60} names cells beyond the sheet") from None
