"""Which cells follow from others, through the formulas of a workbook?

Formulas are read for the cells, names and tables that they name, and for no more. What OFFSET or
INDIRECT reach by their values is not seen: `of` leaves it out, and `reach` takes it for any cell.
"""

from collections.abc import Collection, Container, Iterator, Mapping
from typing import TypeAlias

from xlcalc.formula_text import called_functions, references
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.sheet import box_of
from xlcalc.ooxml.tables import Area

Place: TypeAlias = tuple[str, Position]
"""A sheet, and row and column of a cell."""
_DEEPEST = 8
"""How many names may lead to each other."""
_WIDE = 64
"""Columns from which a range is not listed under each of them."""


class Dependents:
    """The formulas of a workbook by what they read.

    Parameters
    ----------
    formulas : mapping of (str, (int, int)) to str
        The formula of each cell, as it stands in the cell.
    sheets : collection of str
        The sheets in the order of their tabs.
    names : mapping of (str or None, str) to str
        What each defined name stands for, by the sheet that it holds on and in lower case.
    tables : mapping of str to Area
        The cells of each table, by its name in lower case.
    """

    def __init__(
        self,
        formulas: Mapping[Place, str],
        sheets: Collection[str],
        names: Mapping[tuple[str | None, str], str],
        tables: Mapping[str, Area],
    ) -> None:
        self._sheets = list(sheets)
        self._tabs = {sheet.lower(): number for number, sheet in enumerate(self._sheets)}
        self._names, self._tables = names, tables
        self._places = list(formulas)
        self._anywhere = [
            place
            for place, text in formulas.items()
            if "(" in text and {n.upper() for n in called_functions(text)} & {"OFFSET", "INDIRECT"}
        ]
        self._single: dict[Place, list[Place]] = {}
        # By sheet and column: the readers of each range, by its first and last row, as thousands of
        # formulas may read few ranges; wide ones by sheet alone.
        self._columns: dict[tuple[str, int], dict[tuple[int, int], list[Place]]] = {}
        self._wide: dict[str, list[tuple[tuple[int, int, int, int], list[Place]]]] = {}
        ranges: dict[Area, list[Place]] = {}
        for place, text in formulas.items():
            for sheet, (left, top, right, bottom) in self._read(text, place[0], place, 0):
                if (left, top) == (right, bottom):
                    self._single.setdefault((sheet, (top, left)), []).append(place)
                else:
                    ranges.setdefault((sheet, (left, top, right, bottom)), []).append(place)
        for (sheet, box), readers in ranges.items():
            left, top, right, bottom = box
            if right - left < _WIDE:
                for column in range(left, right + 1):
                    rows = self._columns.setdefault((sheet, column), {})
                    rows.setdefault((top, bottom), []).extend(readers)
            else:
                self._wide.setdefault(sheet, []).append((box, readers))

    def reads(self, place: Place) -> bool:
        """Whether any formula names a cell."""
        return next(self._readers(place), None) is not None

    def of(self, roots: Collection[Place], but: Container[Place] = ()) -> set[Place]:
        """Return the cells that follow from some cells, these included, as `after` does."""
        return set(roots) | self.after(roots, but)

    def reach(self, roots: Collection[Place]) -> set[Place]:
        """Return the cells that may follow from some cells, these included.

        A formula with OFFSET or INDIRECT may read any cell.
        """
        return self.of({*roots, *self._anywhere})

    def after(self, roots: Collection[Place], but: Container[Place] = ()) -> set[Place]:
        """Return the cells that follow from some cells; one of these only if it does so itself.

        Nothing follows through the cells of `but`, as those hold constants.
        """
        found: set[Place] = set()
        starts = set(roots)
        waiting = list(starts)
        while waiting:
            for reader in self._readers(waiting.pop()):
                if reader not in found and reader not in but:
                    found.add(reader)
                    if reader not in starts:
                        waiting.append(reader)
        return found

    def leading_to(self, target: Place, roots: Collection[Place]) -> set[Place]:
        """Return those of some cells from which a cell may follow, itself if it is one of them.

        The cells that follow from the roots are looked at once, however many roots there are. A
        formula with OFFSET or INDIRECT may read any cell.
        """
        if target in self.of(self._anywhere):
            return set(roots)
        reads: dict[Place, list[Place]] = {}
        waiting = list(roots)
        seen = set(waiting)
        while waiting:
            place = waiting.pop()
            for reader in self._readers(place):
                reads.setdefault(reader, []).append(place)
                if reader not in seen:
                    seen.add(reader)
                    waiting.append(reader)
        found = {target}
        waiting = [target]
        while waiting:
            for place in reads.get(waiting.pop(), ()):
                if place not in found:
                    found.add(place)
                    waiting.append(place)
        return found & set(roots)

    def of_circles(self) -> set[Place]:
        """Return the cells that follow from themselves, and what follows from those."""
        followers = {place: set(self._readers(place)) for place in self._places}
        waiting_for = dict.fromkeys(self._places, 0)
        for readers in followers.values():
            for reader in readers:
                waiting_for[reader] += 1
        ready = [place for place, count in waiting_for.items() if not count]
        while ready:
            for reader in followers[ready.pop()]:
                waiting_for[reader] -= 1
                if not waiting_for[reader]:
                    ready.append(reader)
        return {place for place, count in waiting_for.items() if count}

    def in_circles(self) -> set[Place]:
        """Return the cells that follow from themselves, and those between two circles."""
        found = self.of_circles()
        followers = {place: [r for r in self._readers(place) if r in found] for place in found}
        leading: dict[Place, list[Place]] = {}
        for place, readers in followers.items():
            for reader in readers:
                leading.setdefault(reader, []).append(place)
        count = {place: len(readers) for place, readers in followers.items()}
        ends = [place for place, number in count.items() if not number]
        while ends:
            end = ends.pop()
            found.discard(end)
            for place in leading.get(end, ()):
                count[place] -= 1
                if not count[place]:
                    ends.append(place)
        return found

    def readers_in(self, place: Place, cells: Container[Place]) -> set[Place]:
        """Return those of some cells whose formulas name a cell."""
        return {reader for reader in self._readers(place) if reader in cells}

    def _readers(self, place: Place) -> Iterator[Place]:
        yield from self._single.get(place, ())
        row, column = place[1]
        for (top, bottom), readers in self._columns.get((place[0], column), {}).items():
            if top <= row <= bottom:
                yield from readers
        for (left, top, right, bottom), readers in self._wide.get(place[0], ()):
            if left <= column <= right and top <= row <= bottom:
                yield from readers

    def _read(self, text: str, sheet: str, place: Place, depth: int) -> Iterator[Area]:
        """Yield the areas that a formula of a sheet names, through names as well."""
        for sheets, area, name in references(text):
            if area:
                box = box_of(area)
                yield from ((tab, box) for tab in self._between(sheets or sheet))
            elif name.lower() in self._tables:
                yield self._tables[name.lower()]
            elif depth < _DEEPEST:
                scope = next(iter(self._between(sheets)), sheet) if sheets else sheet
                meant = self._names.get((scope, name.lower())) or self._names.get(
                    (None, name.lower())
                )
                if meant is not None:
                    yield from self._read(meant, scope, place, depth + 1)
        if "[" in text:  # columns of the table around the cell need no name of it
            for tab, (left, top, right, bottom) in self._tables.values():
                row, column = place[1]
                if tab == place[0] and left <= column <= right and top <= row <= bottom:
                    yield tab, (left, top, right, bottom)

    def _between(self, sheets: str) -> list[str]:
        """Return the sheets of a reference: one, or all from the first to the last."""
        first, _, last = sheets.lower().partition(":")
        if first not in self._tabs or (last and last not in self._tabs):
            return []
        start, end = sorted((self._tabs[first], self._tabs[last or first]))
        return self._sheets[start : end + 1]
