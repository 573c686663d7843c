"""Which cells follow from others, through the formulas of a workbook?

Formulas are read for the cells, names and tables that they name, and for no more. What OFFSET or
INDIRECT reach by their values is not seen: `of` leaves it out, and `reach` takes it for any cell.
"""

from collections.abc import Collection, Container, Iterator, Mapping

from xlcalc.calc.read_ranges import Block, Node, Place, Range, ReadRanges
from xlcalc.formula_text import called_functions, references
from xlcalc.ooxml.sheet import box_of
from xlcalc.ooxml.tables import Area

__all__ = ["Dependents", "Place"]

_DEEPEST = 8
"""How many names may lead to each other."""


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
        self._read_ranges = ReadRanges()
        for place, text in formulas.items():
            for sheet, box in self._read(text, place[0], place, 0):
                self._read_ranges.add(sheet, box, place)

    def reads(self, place: Place) -> bool:
        """Whether any formula names a cell."""
        return next(self._read_ranges.readers(place), None) is not None

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
        found: set[Node] = set()
        starts = set(roots)
        waiting: list[Node] = list(starts)
        while waiting:
            for node in self._read_ranges.follow(waiting.pop()):
                if node not in found and node not in but:
                    found.add(node)
                    if node not in starts:
                        waiting.append(node)
        return _cells(found)

    def leading_to(self, target: Place, roots: Collection[Place]) -> set[Place]:
        """Return those of some cells from which a cell may follow, itself if it is one of them.

        The cells that follow from the roots are looked at once, however many roots there are. A
        formula with OFFSET or INDIRECT may read any cell.
        """
        if target in self.of(self._anywhere):
            return set(roots)
        follows: dict[Node, list[Node]] = {}
        waiting: list[Node] = list(roots)
        seen = set(waiting)
        while waiting:
            node = waiting.pop()
            for follower in self._read_ranges.follow(node):
                follows.setdefault(follower, []).append(node)
                if follower not in seen:
                    seen.add(follower)
                    waiting.append(follower)
        found: set[Node] = {target}
        waiting = [target]
        while waiting:
            for node in follows.get(waiting.pop(), ()):
                if node not in found:
                    found.add(node)
                    waiting.append(node)
        return _cells(found) & set(roots)

    def in_circles(self) -> set[Place]:
        """Return the cells that follow from themselves, and those between two circles."""
        followers: dict[Node, list[Node]] = {}
        leading: dict[Node, list[Node]] = {}
        waiting: list[Node] = list(self._places)
        while waiting:
            node = waiting.pop()
            if node not in followers:
                followers[node] = list(self._read_ranges.follow(node))
                for follower in followers[node]:
                    leading.setdefault(follower, []).append(node)
                waiting += followers[node]
        left = _without_ends(set(followers), followers, leading)
        return _cells(_without_ends(left, leading, followers))

    def readers_in(self, place: Place, cells: Container[Place]) -> set[Place]:
        """Return those of some cells whose formulas name a cell."""
        return {reader for reader in self._read_ranges.readers(place) if reader in cells}

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


def _cells(nodes: Collection[Node]) -> set[Place]:
    """Return the cells among blocks and ranges."""
    return {node for node in nodes if not isinstance(node, Block | Range)}


def _without_ends(
    nodes: set[Node], forwards: Mapping[Node, list[Node]], back: Mapping[Node, list[Node]]
) -> set[Node]:
    """Return nodes without those that nothing leads to, and without what follows from these alone.

    `forwards` has what follows from each node, and `back` from what it follows.
    """
    count = {node: sum(one in nodes for one in back.get(node, ())) for node in nodes}
    ends = [node for node, number in count.items() if not number]
    while ends:
        for follower in forwards.get(ends.pop(), ()):
            if follower in count:
                count[follower] -= 1
                if not count[follower]:
                    ends.append(follower)
    return {node for node, number in count.items() if number}
