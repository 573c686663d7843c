"""Which cells were moved by themselves, while the rows and columns around them stayed?

What stands once among the cells that are gone, and once among those that are new, says how far it
was moved. Where at least two cells say the same, all others that moved as far are taken with them:
a block that was cut and pasted, rows that were dragged elsewhere.
"""

from collections import Counter
from collections.abc import Hashable

from xlcalc.differences.matching import content
from xlcalc.differences.moves import SheetMoves
from xlcalc.differences.sides import Sheet
from xlcalc.ooxml.markup import Position

_MOST = 16
"""Blocks of a sheet that are looked for."""


def find_blocks(old: Sheet, new: Sheet, moves: SheetMoves) -> None:
    """Note in the moves of a sheet which of its cells were moved by themselves."""
    landed = {p: moves.to(p) for p in old.cells}
    taken = set(landed.values())
    gone = {p: content(old, p) for p, q in landed.items() if q is None or q not in new.cells}
    made = {q: content(new, q) for q in new.cells if q not in taken}
    gone, made = (  # what an array formula fills moves with it
        {p: held for p, held in cells.items() if held is not None} for cells in (gone, made)
    )
    for _ in range(_MOST):
        shift = _shift(gone, made)
        if shift is None:
            return
        for place in list(gone):
            there = (place[0] + shift[0], place[1] + shift[1])
            if there in made and made[there] == gone[place]:
                moves.blocks[place] = there
                del gone[place], made[there]


def _shift(gone: dict[Position, Hashable], made: dict[Position, Hashable]) -> Position | None:
    """Return how far most of the cells that can be told were moved; None for less than two."""
    counts = Counter(gone.values()), Counter(made.values())
    places = {held: q for q, held in made.items() if counts[1][held] == 1}
    votes = Counter(
        (places[held][0] - p[0], places[held][1] - p[1])
        for p, held in gone.items()
        if counts[0][held] == 1 and held in places
    )
    if not votes:
        return None
    shift, count = min(votes.items(), key=lambda one: (-one[1], one[0]))
    return shift if count > 1 else None
