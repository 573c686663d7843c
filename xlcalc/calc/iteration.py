"""What do cells give that follow from each other in a circle, where a workbook iterates?

Excel begins with the values that the file stores, calculates the circle again and again, and stops
when no value changes by more than the workbook's limit, or after its number of rounds. Here some
cells of each circle, without which there is none, hold constants; what their formulas give is read
from copies on a scratch sheet, and becomes the constant of the next round.

For example, in `A2 =A1*0.1+A4*0.1`, `A3 =A2+1`, `A4 =A3*0.5`, the cell A4 holds a constant. Its
copy `=S!A3*0.5` gives the next one, until the two differ by 0.001 at most.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from xlcalc.calc.dependents import Dependents, Place
from xlcalc.calc.engine import Engine
from xlcalc.cells import CellValue
from xlcalc.formula_text import Reference, replace_references
from xlcalc.ooxml.calculation import Iteration


@dataclass(frozen=True)
class Circle:
    """The circles of a workbook that iterates.

    Attributes
    ----------
    cells : frozenset of (str, (int, int))
        The cells that follow from themselves.
    held : mapping of (str, (int, int)) to (str, CellValue)
        The formulas of cells without which there is no circle, and the values to begin with.
    iteration : Iteration
        How often, and to what change, the workbook iterates.
    """

    cells: frozenset[Place]
    held: Mapping[Place, tuple[str, CellValue]]
    iteration: Iteration

    def is_at_rest(self, place: Place, stored: CellValue, value: CellValue) -> bool:
        """Whether a cell of a circle has changed by no more than the workbook iterates to."""
        return place in self.cells and _change(stored, value) <= self.iteration.limit

    def calculate(self, engine: Engine, fixed: Collection[Place]) -> None:
        """Let a loaded engine iterate, so that the next calculation gives the values.

        Parameters
        ----------
        engine : Engine
            The workbook, with constants in the cells of inputs.
        fixed : collection of (str, (int, int))
            Cells of the circle that hold a constant for another reason.

        Raises
        ------
        WorkbookError
            If the engine gives up.
        """
        held = {place: self.held[place] for place in sorted(self.held) if place not in fixed}
        scratch = engine.add_scratch_sheet()
        values = {place: value for place, (_, value) in held.items()}
        for row, (place, (text, value)) in enumerate(held.items(), start=1):
            _put(engine, place, value)
            engine.set_formula(scratch, (row, 1), f"={_on_sheet(text, place[0])}")
        for _ in range(self.iteration.rounds):
            engine.calculate()
            found = engine.values(scratch, [(row, 1) for row in range(1, len(held) + 1)])
            fresh = dict(zip(held, found, strict=True))
            change = max((_change(values[place], fresh[place]) for place in held), default=0.0)
            if change <= self.iteration.limit:
                # Excel leaves a workbook as it is whose circles have come to rest.
                return
            for place, value in fresh.items():
                _put(engine, place, value)
            values = fresh


def circle_of(
    dependents: Dependents,
    texts: Mapping[Place, str],
    values: Mapping[Place, CellValue],
    iteration: Iteration,
) -> Circle | None:
    """Return the circles of a workbook that iterates; None where it has none.

    Parameters
    ----------
    dependents : Dependents
        What follows from what.
    texts : mapping of (str, (int, int)) to str
        The formula of each cell, as it stands there.
    values : mapping of (str, (int, int)) to CellValue
        The values that the file stores.
    iteration : Iteration
        How the workbook iterates.
    """
    cells = dependents.in_circles()
    if not cells:
        return None
    held = {
        place: (texts[place], values.get(place) or 0.0) for place in _breaking(dependents, cells)
    }
    return Circle(frozenset(cells), held, iteration)


def _breaking(dependents: Dependents, cells: Collection[Place]) -> set[Place]:
    """Return cells without which some others follow from themselves no longer."""
    found: set[Place] = set()
    done: set[Place] = set()
    for start in sorted(cells):
        if start in done:
            continue
        path: set[Place] = {start}
        waiting = [(start, iter(sorted(dependents.readers_in(start, cells))))]
        while waiting:
            place, readers = waiting[-1]
            reader = next(readers, None)
            if reader is None:
                waiting.pop()
                path.discard(place)
                done.add(place)
            elif reader in path:
                found.add(reader)  # the way comes back here: a constant ends it
            elif reader not in done:
                path.add(reader)
                waiting.append((reader, iter(sorted(dependents.readers_in(reader, cells)))))
    return found


def _put(engine: Engine, place: Place, value: CellValue) -> None:
    sheet, position = place
    engine.set_values(sheet, position, [[value]])


def _change(old: CellValue, new: CellValue) -> float:
    if type(old) is float and type(new) is float:
        return abs(new - old)
    return 0.0 if type(old) is type(new) and old == new else float("inf")


def _on_sheet(text: str, sheet: str) -> str:
    """Return a formula of one sheet as another sheet has it."""
    quoted = "'" + sheet.replace("'", "''") + "'"

    def change(found: Reference) -> str | None:
        return f"{quoted}!{found.area}" if found.area and not found.sheets else None

    return replace_references(text, change)
