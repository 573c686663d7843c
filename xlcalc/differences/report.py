"""What differs between two workbooks, and what of it is refused?

Sheets, rows, columns and blocks are matched first. What is left of each cell, name and rule is a
`Change`; a `Report` has all of them, in the order in which they are told.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from xlcalc.analysis import Bridge
from xlcalc.differences.blocks import find_blocks
from xlcalc.differences.cells import CellComparison
from xlcalc.differences.changes import KINDS, Change
from xlcalc.differences.matching import matched_sheets, moves_of
from xlcalc.differences.moves import Moves
from xlcalc.differences.opening import Opened
from xlcalc.differences.sides import Sheet, Side
from xlcalc.differences.surroundings import (
    link_changes,
    name_changes,
    sheet_changes,
    validation_changes,
)
from xlcalc.ooxml.markup import Position


@dataclass(frozen=True)
class Report:
    """The differences of two workbooks.

    Attributes
    ----------
    old, new : str
        What the files are called.
    changes : tuple of Change
        What differs, by kinds, sheets and cells.
    bridges : tuple of Bridge
        Which inputs moved a result, for those that moved most.
    remarks : tuple of str
        What a reader has to know beside them.
    allowed : frozenset of str
        The gates that a person has opened.
    sheets : tuple of (Sheet or None, Sheet or None)
        The sheets of both side by side.
    moves : Moves
        Where the cells of the old one are in the new one.
    date1904 : bool
        Whether the days of the new one are counted from 1904.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    bridges: tuple[Bridge, ...]
    remarks: tuple[str, ...]
    allowed: frozenset[str]
    sheets: tuple[tuple[Sheet | None, Sheet | None], ...]
    moves: Moves
    date1904: bool = False

    @property
    def refused(self) -> tuple[Change, ...]:
        """The differences that make the comparison fail."""
        return tuple(one for one in self.changes if one.gate and one.gate not in self.allowed)

    def of(self, *kinds: str) -> list[Change]:
        """Return the differences of some kinds, in their order."""
        return [one for one in self.changes if one.kind in kinds]


Tabs: TypeAlias = Sequence[tuple[Sheet | None, Sheet | None]]


def compared(old: Opened, new: Opened) -> tuple[list[Change], Tabs, Moves]:
    """Return what differs between two workbooks, their sheets side by side, and what moved."""
    sheets = matched_sheets(old.side, new.side)
    both = [(one, other) for one, other in sheets if one and other]
    each = [moves_of(one, other) for one, other in both]
    for (one, other), here in zip(both, each, strict=True):
        find_blocks(one, other, here)
    moves = Moves(each, [one.name for one, other in sheets if one and not other])
    found = [*sheet_changes(sheets), *link_changes(old.side, new.side)]
    for one, other in both:
        untold = {p for sheet, p in new.random if sheet == other.name}
        untold |= {q for sheet, p in old.random if sheet == one.name and (q := _to(moves, one, p))}
        cells = CellComparison(one, other, moves, _namer(new.side, other.name), untold)
        found += cells.changes()
        found += validation_changes(one, other, moves, new.side.date1904)
    found += name_changes(old.side, new.side, moves)
    return _ordered(found, new.side), sheets, moves


def _to(moves: Moves, sheet: Sheet, position: Position) -> Position | None:
    return moves.sheets[sheet.name.lower()].to(position)


def _namer(side: Side, sheet: str) -> Callable[[Position], str]:
    def name(position: Position) -> str:
        return side.named.get((sheet, position), "")

    return name


def _ordered(changes: Iterable[Change], side: Side) -> list[Change]:
    """Return differences by kinds, then sheets; results by how far they moved, named ones first."""
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    tabs = {name: place for place, name in enumerate(side.sheets)}

    def place(one: Change) -> tuple[int, int, int, float]:
        moved = 0.0
        if one.kind == "result":
            share = one.share
            moved = -abs(share) if share is not None else -float("inf")
        named = one.kind == "result" and not one.name
        sheet = -1 if one.kind == "result" else tabs.get(one.sheet, -1)
        return kinds[one.kind], int(named), sheet, moved

    return sorted(changes, key=place)


def random_remark(cells: Collection[object]) -> list[str]:
    """Return what is to be said of cells whose values are drawn at random."""
    if not cells:
        return []
    return [f"{len(cells):,} cells follow from random numbers, and are not compared"]
