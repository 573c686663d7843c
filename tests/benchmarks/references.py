"""What does a formula read, and which cells follow from a volatile function?

References are found in the text of formulas, through names and tables, with the sheets of 3-D
references between their ends. OFFSET and INDIRECT are volatile for Excel, but their value changes
with what they read alone: they do not count.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter

from tests.benchmarks.cell_values import Area, Key, area_of
from tests.benchmarks.stored_values import Cell, Stored

_VOLATILE = re.compile(
    r"(?<![\w.])(?:_xlfn\.)?(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY|CELL|INFO)\s*\(", re.I
)
_TEXT = re.compile(r'"(?:[^"]|"")*"')
_WORD = re.compile(r"[A-Za-z_\\\u0080-\uffff][\w.\\]*")
_COLUMN = r"\$?[A-Z]{1,3}"
_SHEET = r"(?:'((?:[^']|'')+)'|([\w.\u0080-\uffff]+(?::[\w.\u0080-\uffff]+)?))!"
_REFERENCE = re.compile(
    rf"(?:{_SHEET})?(?<![\w.])({_COLUMN}\$?\d+(?::{_COLUMN}\$?\d+)?|{_COLUMN}:{_COLUMN}"
    r"|\$?\d+:\$?\d+)(?![\w(.])",
    re.I,
)
_PART = re.compile(r"(\$?)([A-Z]{0,3})(\$?)(\d*)", re.I)
_DEPTH = 4
"""How deep names may name names."""

Use = tuple[str, Area]


class References:
    """What the formulas of a workbook read."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored
        self._order = list(stored.sheets)
        self._uses: dict[Key, list[Use]] = {}
        self.formulas = {key: cell for key, cell in stored.cells.items() if cell.kind}

    def text(self, key: Key) -> str:
        """Return the formula of a cell; a spilled one has that of the cell it spills from."""
        cell = self.formulas[key]
        if cell.master is None:
            return cell.text
        text = self._stored.cells[cell.master].text
        if cell.kind != "shared":
            return text
        ends = (f"{get_column_letter(at.column)}{at.row}" for at in (cell.master, key))
        return Translator(f"={text}", next(ends)).translate_formula(next(ends))[1:]

    def uses(self, key: Key) -> list[Use]:
        """Return sheet and area of everything that a cell reads."""
        if key not in self._uses:
            self._uses[key] = list(self._found(key, self.formulas[key]))
        return self._uses[key]

    def _found(self, key: Key, cell: Cell) -> Iterator[Use]:
        if cell.kind == "dataTable":
            return
        if cell.master is None:
            yield from self._in_text(cell.text, key.sheet)
        elif cell.kind == "spill":
            at = cell.master
            yield at.sheet, (at.column, at.row, at.column, at.row)
        else:
            down, right = key.row - cell.master.row, key.column - cell.master.column
            text = self._stored.cells[cell.master].text
            yield from self._in_text(text, key.sheet, down, right)

    def _in_text(
        self, text: str, sheet: str, down: int = 0, right: int = 0, depth: int = 0
    ) -> Iterator[Use]:
        text = _TEXT.sub('""', text)
        for found in _REFERENCE.finditer(text):
            named = found[1].replace("''", "'") if found[1] else (found[2] or sheet)
            try:
                area = area_of(_moved(found[3], down, right))
            except ValueError:
                continue
            for each in self._between(named):
                yield each, area
        for word in {one.lower() for one in _WORD.findall(text)}:
            if word in self._stored.tables:
                yield self._stored.tables[word]
            for meaning in self._stored.names.get(word, ()) if depth < _DEPTH else ():
                yield from self._in_text(meaning, sheet, depth=depth + 1)

    def _between(self, named: str) -> list[str]:
        """Return the sheets that stand before an exclamation mark."""
        first, colon, last = named.lower().partition(":")
        known = self._stored.sheets
        if not colon:
            return [known[first]] if first in known else []
        if first not in known or last not in known:
            return []
        ends = sorted((self._order.index(first), self._order.index(last)))
        return [known[name] for name in self._order[ends[0] : ends[1] + 1]]

    def volatile(self) -> set[Key]:
        """Return the cells of volatile functions, and all that follows from them."""
        names = {name for name, texts in self._stored.names.items() if self._any_volatile(texts)}

        def begins(cell: Cell) -> bool:
            if _is_volatile(cell.text):
                return True
            words = _WORD.findall(cell.text) if names else ()
            return any(word.lower() in names for word in words)

        masters = {key for key, cell in self.formulas.items() if cell.text and begins(cell)}
        roots = {key for key, cell in self.formulas.items() if cell.master in masters} | masters
        return self.following(roots) if roots else set()

    def _any_volatile(self, texts: list[str], depth: int = 0) -> bool:
        if any(_is_volatile(text) for text in texts):
            return True
        inner = {word.lower() for text in texts for word in _WORD.findall(text)}
        return depth < _DEPTH and any(
            self._any_volatile(self._stored.names[word], depth + 1)
            for word in inner & self._stored.names.keys()
        )

    def following(self, roots: Collection[Key]) -> set[Key]:
        """Return some cells and every formula cell that follows from them."""
        single: dict[Key, list[Key]] = defaultdict(list)
        ranges: dict[str, list[tuple[Area, Key]]] = defaultdict(list)
        for key in self.formulas:
            for sheet, area in self.uses(key):
                left, top, right, bottom = area
                if (left, top) == (right, bottom):
                    single[Key(sheet, top, left)].append(key)
                else:
                    ranges[sheet].append((area, key))
        found = set(roots)
        frontier = set(roots)
        while frontier:
            new = {key for at in frontier for key in single.get(at, ())}
            for sheet in {at.sheet for at in frontier}:
                places = [(at.row, at.column) for at in frontier if at.sheet == sheet]
                open_ones = [one for one in ranges[sheet] if one[1] not in found]
                for (left, top, right, bottom), key in open_ones:
                    if any(top <= row <= bottom and left <= col <= right for row, col in places):
                        new.add(key)
                ranges[sheet] = open_ones
            frontier = new - found
            found |= frontier
        return found


def _is_volatile(text: str) -> bool:
    found = _VOLATILE.search(text)
    return found is not None and _VOLATILE.search(_TEXT.sub('""', text)) is not None


def _moved(reference: str, down: int, right: int) -> str:
    """Return a reference as a shared formula has it some cells further."""
    if not down and not right:
        return reference
    ends = []
    for end in reference.split(":"):
        found = _PART.fullmatch(end)
        if found is None:
            return reference
        column, row = found[2], found[4]
        if column and not found[1]:
            column = get_column_letter(column_index_from_string(column.upper()) + right)
        if row and not (found[3] or (not column and found[1])):
            row = str(int(row) + down)
        ends.append(column + row)
    return ":".join(ends)
