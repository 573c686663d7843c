"""What becomes of an address when the rows of a block grow or shrink?

A block is the data of a table, or of a named range. It keeps its first row; rows are put in behind
its last one, or taken from its end, and what stands below moves. With data in rows 2 to 4 that get
two rows more,

    B4           B4             a row of the block stays
    B9           B11            what stands below moves
    B2:B4        B2:B6          an area of all rows of the block grows with it
    B3:B4        B3:B4          one of a few rows does not
    [@cost]      [@cost]        names of columns say nothing of rows

and with one row instead of three, B4 is #REF! and B2:B4 is B2:B2.
"""

import re
from dataclasses import dataclass

from xlcalc.formula_text import TEXT
from xlcalc.ooxml.markup import column_letters, column_number
from xlcalc.ooxml.sheet import MAX_COLUMN, MAX_ROW

_LOST = "#REF!"
_CELLS = re.compile(
    rf"{TEXT}"
    r"|\[\d+\][^\W\d][\w.]*!\$?[a-z]{1,3}\$?\d+(?::\$?[a-z]{1,3}\$?\d+)?"  # of another file
    r"|(?P<prefix>(?:(?P<sheet>'(?:[^']|'')+'|(?<![\w.$'\]])[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!)"
    r"|(?<![\w.$!\\]))"
    r"(?:(?P<c1>\$?[a-z]{1,3})(?P<r1>\$?\d{1,7})"
    r"(?::(?:(?P=sheet)!)?(?P<c2>\$?[a-z]{1,3})(?P<r2>\$?\d{1,7}))?"
    r"|(?P<t1>\$?\d{1,7}):(?P<t2>\$?\d{1,7}))(?![\w(.!\\])"
    r"|'(?:[^']|'')*'"
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]",
    re.IGNORECASE | re.DOTALL,
)
_AREA = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?::(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7}))?")


@dataclass(frozen=True)
class RowMoves:
    """Rows that are put in at the end of a block, or taken from there.

    Attributes
    ----------
    sheet : str
        Where the block stands.
    left, first, right, last : int
        Its columns and rows, before.
    count : int
        How many rows it has afterwards, at least one.
    """

    sheet: str
    left: int
    first: int
    right: int
    last: int
    count: int

    @property
    def by(self) -> int:
        """How many rows what stands below moves down."""
        return self.count - (self.last - self.first + 1)

    @property
    def gone(self) -> range:
        """The rows that are taken out."""
        return range(min(self.first + self.count, self.last + 1), self.last + 1)

    def row(self, row: int) -> int | None:
        """Return where a row is afterwards; None if it is taken out."""
        if row in self.gone:
            return None
        return row + self.by if row > self.last else row

    def rows(self, top: int, bottom: int, *, grows: bool) -> tuple[int, int] | None:
        """Return the rows of an area afterwards; None if all of them are taken out.

        Parameters
        ----------
        top, bottom : int
            Its first and its last row.
        grows : bool
            Whether it gets the new rows if it has all rows of the block and ends with it.
        """
        gone, by = self.gone, self.by
        if top in gone:
            top = gone.start
        elif top > self.last:
            top += by
        if bottom in gone:
            bottom = gone.start - 1
        elif bottom > self.last or (grows and by > 0 and bottom == self.last and top <= self.first):
            bottom = MAX_ROW if bottom == MAX_ROW else bottom + by
        return (top, min(bottom, MAX_ROW)) if top <= min(bottom, MAX_ROW) else None

    def touches(self, left: int, right: int) -> bool:
        """Whether columns have one of the block."""
        return left <= self.right and right >= self.left

    def area(self, text: str, *, grows: bool = True) -> str | None:
        """Return the cells of an attribute, as B2 or B2:C9, afterwards; None if they are gone.

        A text that names no cells stays.
        """
        found = _AREA.fullmatch(text)
        if found is None:
            return text
        left, top = column_number(found[2].encode()), int(found[4])
        right, bottom = (
            (column_number(found[6].encode()), int(found[8])) if found[6] else (left, top)
        )
        rows = self.rows(top, bottom, grows=grows and self.touches(left, right))
        if rows is None:
            return None
        first = f"{found[1]}{found[2]}{found[3]}{rows[0]}"
        if found[6] is None and rows[0] == rows[1]:
            return first
        last = found[5] or found[1], found[6] or found[2], found[7] or found[3]
        return f"{first}:{''.join(last)}{rows[1]}"

    def areas(self, text: str, *, grows: bool = True) -> str:
        """Return the areas of an attribute, with blanks between, without those that are gone."""
        moved = (self.area(area, grows=grows) for area in text.split())
        return " ".join(area for area in moved if area)

    def formula(
        self,
        text: str,
        sheet: str | None,
        *,
        inside: bool = False,
        cells_grow: bool = False,
        fixed_alone: bool = False,
    ) -> str:
        """Return a formula whose addresses have followed.

        Parameters
        ----------
        text : str
            The formula.
        sheet : str, optional
            The sheet on which it stands; None if every address in it has a sheet.
        inside : bool
            Whether it stands in a row of the block: there B2:B4 without dollar signs is filled
            down, and does not grow.
        cells_grow : bool
            Whether a single cell stands for all rows of a block that has one row, as in charts.
        fixed_alone : bool
            Whether rows without a dollar sign stand for others in each formula, as in names.
        """

        def changed(found: re.Match[str]) -> str:
            top, bottom = found["r1"] or found["t1"], found["r2"] or found["t2"]
            if top is None:
                return found[0]
            own = found["sheet"]
            named = own.strip("'").replace("''", "'") if own else sheet
            if named is None or named.lower() != self.sheet.lower():
                return found[0]
            if fixed_alone and not (top[0] == "$" and (bottom or top)[0] == "$"):
                return found[0]
            prefix = found["prefix"]
            rows = int(top.lstrip("$")), int((bottom or top).lstrip("$"))
            if max(rows) > MAX_ROW or min(rows) < 1 or not _columns_exist(found):
                return found[0]
            if bottom is None and not (cells_grow and self.first == self.last == rows[0]):
                row = self.row(rows[0])
                return _LOST if row is None else f"{prefix}{found['c1']}{_with(top, row)}"
            grows = bool(not inside or (bottom or top)[0] == "$")
            if found["c1"]:
                columns = [_number(found["c1"]), _number(found["c2"] or found["c1"])]
                grows = grows and self.touches(min(columns), max(columns))
            moved = self.rows(min(rows), max(rows), grows=grows)
            if moved is None:
                return _LOST
            if rows[0] > rows[1]:
                moved = moved[::-1]
            start = f"{found['c1'] or ''}{_with(top, moved[0])}"
            if bottom is None and moved[0] == moved[1]:
                return f"{prefix}{start}"
            end = f"{found['c2'] or found['c1'] or ''}{_with(bottom or top, moved[1])}"
            return f"{prefix}{start}:{end}"

        return _CELLS.sub(changed, text)


def filled(text: str, down: int, right: int = 0) -> str:
    """Return a formula as it is in another cell after filling.

    Examples
    --------
    >>> filled("B2*$C$1+SUM(B$2:B2)+Items[cost]", 3)
    'B5*$C$1+SUM(B$2:B5)+Items[cost]'
    """

    def moved(found: re.Match[str]) -> str:
        top, bottom = found["r1"] or found["t1"], found["r2"] or found["t2"]
        if top is None or not _columns_exist(found):
            return found[0]
        try:
            corners = [_filled_corner(found["c1"], top, down, right)]
            if bottom is not None:
                corners.append(_filled_corner(found["c2"], bottom, down, right))
        except ValueError:
            return _LOST
        return found["prefix"] + ":".join(corners)

    return _CELLS.sub(moved, text)


def _filled_corner(column: str | None, row: str, down: int, right: int) -> str:
    if column and column[0] != "$":
        number = _number(column) + right
        if not 1 <= number <= MAX_COLUMN:
            raise ValueError
        column = column_letters(number) if right else column
    if row[0] != "$":
        number = int(row) + down
        if not 1 <= number <= MAX_ROW:
            raise ValueError
        row = str(number)
    return (column or "") + row


def _columns_exist(found: re.Match[str]) -> bool:
    columns = (found["c1"], found["c2"])
    return all(column is None or _number(column) <= MAX_COLUMN for column in columns)


def _number(column: str) -> int:
    return column_number(column.lstrip("$").encode())


def _with(corner: str, row: int) -> str:
    return f"${row}" if corner[0] == "$" else str(row)
