"""Which rows and columns of a sheet came and went, and what did they hold?"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from xlcalc.author.number_formats import shown
from xlcalc.differences.changes import Change
from xlcalc.differences.gathering import consecutive, lines_name
from xlcalc.differences.moves import SheetMoves
from xlcalc.differences.sides import Formula, Sheet
from xlcalc.ooxml.markup import Position

_FEW = 2
"""Cells from which a line was filled or cleared as a whole, though none was put in or taken out."""
_QUOTED = 4
"""Cells of a line that are quoted."""
_WORDS = (
    ("rows-deleted", "columns-deleted", "cleared"),
    ("rows-inserted", "columns-inserted", "filled"),
)


def line_changes(
    old: Sheet, new: Sheet, here: SheetMoves, landed: Mapping[Position, Position | None]
) -> tuple[list[Change], set[Position], set[Position]]:
    """Return rows and columns that came and went, and the old and new cells that they account for.

    Lines whose cells were all moved elsewhere by themselves are left out. `landed` has the new
    place of each old cell.
    """
    moved = here.blocks.keys(), set(here.blocks.values())
    made = dict.fromkeys(new.cells)
    gone = {p: None for p, q in landed.items() if p not in moved[0] and q not in made}
    for q in landed.values():
        if q is not None:
            made.pop(q, None)
    found: list[Change] = []
    told: tuple[set[Position], set[Position]] = (set(), set())
    for side, (sheet, other, cells) in enumerate(((old, new, gone), (new, old, made))):
        left: Collection[Position] = cells
        for axis, track in enumerate((here.rows, here.columns)):
            between = {n for gap in (track.inserted if side else track.deleted) for n in gap}
            counts = Counter(p[axis] for p in left)
            totals = Counter(p[axis] for p in sheet.cells)
            used = {p[axis] for p in other.cells}
            across = track.back if side else track.to
            alone = {
                n
                for n, count in counts.items()
                if n not in between and _FEW <= count == totals[n] and across(n) not in used
            }
            between_told = between - ({p[axis] for p in moved[side]} - counts.keys())
            for lines, note in ((between_told, ""), (alone, _WORDS[side][2])):
                found += _lines(_WORDS[side][axis], sheet, lines, axis, note)
            told[side].update(p for p in left if p[axis] in between or p[axis] in alone)
            left = [p for p in left if p not in told[side]]
    return found, *told


def _lines(
    kind: str, sheet: Sheet, lines: Collection[int], axis: int, note: str
) -> Iterator[Change]:
    """Yield lines that follow each other as one difference, with what the first of them holds."""
    held: dict[int, list[Position]] = {}
    for p in sheet.cells if lines else ():
        held.setdefault(p[axis], []).append(p)
    for run in consecutive(lines):
        cells = held.get(run[0], [])
        said = ", ".join(_quoted(sheet, p) for p in cells[:_QUOTED])
        more = len(cells) - _QUOTED
        text = (f"{said}, and {more:,} more" if more > 0 else said) or None
        gone = kind.endswith("deleted")
        yield Change(
            kind,
            sheet.name,
            lines_name(run, columns=axis == 1),
            before=text if gone else None,
            after=None if gone else text,
            count=len(run),
            note=note,
        )


def formula_shown(formula: Formula) -> str:
    """Return a formula as a person reads it."""
    if formula.kind == "dataTable":
        return "={what-if data table}"
    return f"{{={formula.text}}}" if formula.kind == "array" else f"={formula.text}"


def _quoted(sheet: Sheet, position: Position) -> str:
    """Return what stands in a cell, as a line quotes it."""
    formula = sheet.formulas.get(position)
    if formula is not None:
        return formula_shown(formula)
    return shown(sheet.values.get(position), sheet.formats.get(position, "General"))
