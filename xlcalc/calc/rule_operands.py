"""What do the formulas of data validations give, for some values of the inputs?

The workbook is loaded into an engine of its own, in which inputs are set and taken back. A formula
that gives one value is calculated there on a scratch sheet. Which cells a formula gives, as a list
needs it, no engine says; OFFSET, INDIRECT, INDEX, CHOOSE and IF are followed here, with what the
engine says of their arguments. What was read on the way is kept beside the result: unless an input
reaches one of these cells, the result holds for all values of the inputs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xlcalc.calc.dependents import Place
from xlcalc.calc.engine import Engine, knows
from xlcalc.calc.rule_areas import halves, indexed, inside, offset
from xlcalc.calc.rule_formulas import RuleFormulas, Undecided, area_text, quoted
from xlcalc.calc.scratch_sheet import ScratchSheet
from xlcalc.calc.validation_rules import Operand
from xlcalc.cells import CellError, CellValue
from xlcalc.formula_text import (
    Call,
    bare_name,
    called_functions,
    calls,
    references,
    replace_calls,
)
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.tables import Area

MAX_ENTRIES = 100_000
"""Cells of a list up to which they are read."""
_MANY = 10_000
"""Cells from which it is worth to ask where a sheet ends."""
_REFERENCES = {"OFFSET", "INDIRECT"}
"""Functions whose cells depend on values."""
_BAD_REFERENCE = CellError("#REF!", "")


@dataclass(frozen=True)
class Read:
    """An operand, and all cells that it was read from."""

    operand: Operand
    areas: tuple[Area, ...] = ()


class RuleOperands:
    """The formulas of rules in an engine.

    Parameters
    ----------
    formulas : RuleFormulas
        How a formula is written with the sheet of each reference.
    as_it_stands : callable
        Gives the workbook in an engine, calculated, in which no cell is changed.
    load : callable
        Gives it in an engine that nobody else has.
    put_back : callable
        Gives that engine what the workbook has in a cell.
    ends : callable
        Gives the last row and column that each sheet uses.
    formula_at : callable
        Gives the formula of a cell, or None.
    """

    def __init__(
        self,
        formulas: RuleFormulas,
        as_it_stands: Callable[[], Engine],
        load: Callable[[], Engine],
        put_back: Callable[[Engine, Place], None],
        ends: Callable[[], Mapping[str, Position]],
        formula_at: Callable[[Place], str | None],
    ) -> None:
        self._formulas, self._ends, self._put_back = formulas, ends, put_back
        self._formula_at = formula_at
        self._make = {False: as_it_stands, True: load}
        self._scratch: dict[bool, ScratchSheet] = {}
        self._changed = False
        self._given: Mapping[Place, CellValue] = {}
        self._areas: list[Area] = []

    def set(self, given: Mapping[Place, CellValue]) -> None:
        """Let cells have these values, and all others what the workbook has in them."""
        self._changed = bool(given)
        if not given or _marked(given) == _marked(self._given):
            return
        engine = self._sheet.engine
        for place in self._given.keys() - given.keys():
            self._put_back(engine, place)
        for (sheet, position), value in given.items():
            engine.set_value(sheet, position, value)
        self._given = dict(given)
        engine.calculate()

    @property
    def _sheet(self) -> ScratchSheet:
        if self._changed not in self._scratch:
            self._scratch[self._changed] = ScratchSheet(self._make[self._changed]())
        return self._scratch[self._changed]

    def read(
        self, text: str, sheet: str, corner: Position, position: Position, *, as_list: bool
    ) -> Read:
        """Return what a formula of a rule gives for a cell.

        Parameters
        ----------
        text : str
            The formula, without `=`.
        sheet : str
            The sheet of the cell.
        corner, position : (int, int)
            The cell that the formula is written for, and the one that it is asked for.
        as_list : bool
            Whether its cells are wanted, and not one value.

        Raises
        ------
        Undecided
            If no engine calculates it as Excel does.
        """
        self._areas = []
        moved = self._formulas.at(text, corner, position)
        expanded = self._formulas.expanded(moved, sheet, position)
        if as_list:
            area = self._area(expanded, sheet, position)
            values = (area,) if isinstance(area, CellError) else tuple(self._cells(area))
            qualified = moved if "!" in moved else f"{quoted(sheet)}!{moved}"
            direct = self._formulas.area_of(qualified) is not None
            return Read(Operand(values, moved, direct=direct), tuple(self._areas))
        value = self._scalar(expanded, sheet, position)
        if not self._areas and _number(expanded) is not None:
            return Read(Operand((value,)))  # a constant beside a formula
        blank = any(
            self._sheet.engine.value(tab, (top, left)) is None
            for tab, (left, top, right, bottom) in self._named_areas(expanded)
            if (left, top) == (right, bottom)
        )
        return Read(Operand((value,), moved, blank=blank), tuple(self._areas))

    def _named_areas(self, text: str) -> list[Area]:
        """Return the cells that an expanded formula names."""
        found = (
            self._formulas.area_of(f"{quoted(reference.sheets)}!{reference.area}")
            for reference in references(text)
            if reference.area
        )
        return [area for area in found if area is not None]

    def _scalar(self, text: str, sheet: str, position: Position) -> CellValue:
        """Return the value of an expanded formula."""
        number = _number(text)
        if number is not None:
            return number

        def reduced(call: Call, arguments: list[str]) -> str | None:
            name = bare_name(call.name)
            if name in {"ROW", "COLUMN"} and not arguments:
                return str(position[name == "COLUMN"])
            if name not in _REFERENCES:
                return None
            area = self._area(f"{name}({','.join(arguments)})", sheet, position)
            return area.code if isinstance(area, CellError) else area_text(area)

        text = replace_calls(text, reduced)
        for name in sorted(called_functions(text)):
            if not knows(name):
                raise Undecided(f"no engine knows {bare_name(name)}")
        self._areas += self._named_areas(text)
        value = self._sheet.value(text)
        if isinstance(value, CellError) and value.code in {"#NAME?", "#SPILL!", "#CALC!"}:
            raise Undecided(f"no engine calculates ={text:.60}")
        return value

    def _cells(self, area: Area) -> list[CellValue]:
        """Return the values of some cells; of many, one stands for all behind the last used one."""
        sheet, (left, top, right, bottom) = area
        beyond = False
        if (bottom - top + 1) * (right - left + 1) > _MANY:
            last_row, last_column = self._ends()[sheet]
            beyond = bottom > last_row or right > last_column
            bottom, right = min(bottom, max(last_row, top)), min(right, max(last_column, left))
        if (bottom - top + 1) * (right - left + 1) > MAX_ENTRIES:
            raise Undecided(f"{area_text(area)} has more than {MAX_ENTRIES:,} cells")
        places = [(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)]
        values = self._sheet.engine.values(sheet, places)
        return [*values, None] if beyond else values

    def _area(self, text: str, sheet: str, position: Position) -> Area | CellError:
        """Return the cells that an expanded formula gives, or its error.

        Raises
        ------
        Undecided
            If it gives something else, or in a way that is not followed.
        """
        text = text.strip()
        found = self._formulas.area_of(text)
        if found is not None:
            self._areas.append(found)
            return found
        if text == _BAD_REFERENCE.code:
            return _BAD_REFERENCE
        ends = halves(text)
        if ends is not None:
            return self._joined(ends, sheet, position)
        if text.startswith("(") and text.endswith(")"):
            return self._area(text[1:-1], sheet, position)
        last = max(calls(text), key=lambda call: call.end - call.start, default=None)
        if last is None or last.start or last.end != len(text):
            raise Undecided(f"={text:.60} gives no cells that can be followed")
        return self._called(
            bare_name(last.name), [text[a:b] for a, b in last.arguments], sheet, position
        )

    def _called(
        self, name: str, arguments: list[str], sheet: str, position: Position
    ) -> Area | CellError:
        """Return the cells that a function gives."""

        def scalar(number: int, left_out: float) -> CellValue:
            text = arguments[number].strip() if number < len(arguments) else ""
            return self._scalar(text, sheet, position) if text else left_out

        if name == "INDIRECT":
            address = scalar(0, 0.0)
            if isinstance(address, CellError):
                return address
            if scalar(1, 1.0) == 0.0:  # or FALSE, which Python takes for 0
                raise Undecided("INDIRECT is asked for R1C1 references")
            return self._named(_text(address), sheet, position)
        if name in {"IF", "CHOOSE"}:
            chosen = scalar(0, 0.0)
            if isinstance(chosen, CellError):
                return chosen
            if isinstance(chosen, str):
                return CellError("#VALUE!", "")
            place = (1 if chosen else 2) if name == "IF" else int(chosen or 0.0)
            if 0 < place < len(arguments):
                return self._area(arguments[place], sheet, position)
            return CellError("#VALUE!", "")
        if name == "IFERROR" and len(arguments) == 2:
            first = self._area(arguments[0], sheet, position)
            is_error = isinstance(first, CellError)
            return self._area(arguments[1], sheet, position) if is_error else first
        if name == "ANCHORARRAY" and arguments:
            return self._spilled(self._area(arguments[0], sheet, position))
        if name not in {"OFFSET", "INDEX"} or not arguments:
            raise Undecided(f"={name}(…) gives no cells that can be followed")
        base = self._area(arguments[0], sheet, position)
        if isinstance(base, CellError):
            return base
        left, top, right, bottom = base[1]
        whole = name == "INDEX"
        height, width = (0.0, 0.0) if whole else (bottom - top + 1.0, right - left + 1.0)
        asked = [scalar(n, d) for n, d in ((1, 0.0), (2, 0.0), (3, height), (4, width))]
        numbers: list[int] = []
        for value in asked:
            if isinstance(value, CellError):
                return value
            if isinstance(value, str):
                return CellError("#VALUE!", "")
            numbers.append(int(value or 0.0))
        box = indexed(base[1], numbers) if whole else offset(base[1], numbers)
        area = base[0], box
        if area_text(area) == _BAD_REFERENCE.code or (whole and not inside(box, base[1])):
            return _BAD_REFERENCE
        self._areas.append(area)
        return area

    def _named(self, text: str, sheet: str, position: Position) -> Area | CellError:
        """Return the cells that a text names, as INDIRECT takes it."""
        try:
            expanded = self._formulas.expanded(text.strip(), sheet, position)
        except Undecided:
            return _BAD_REFERENCE
        found = self._formulas.area_of(expanded)
        if found is None:  # INDIRECT takes no name of a formula
            return _BAD_REFERENCE
        self._areas.append(found)
        return found

    def _spilled(self, anchor: Area | CellError) -> Area | CellError:
        """Return the cells that an array formula fills, which Excel shows as A1#."""
        if isinstance(anchor, CellError):
            return anchor
        sheet, (left, top, _, _) = anchor
        text = self._formula_at((sheet, (top, left)))
        if text is None:
            return _BAD_REFERENCE
        expanded = self._formulas.expanded(text, sheet, (top, left))
        height, width = (
            self._scalar(f"{name}({expanded})", sheet, (top, left)) for name in ("ROWS", "COLUMNS")
        )
        if not isinstance(height, float) or not isinstance(width, float):
            raise Undecided(f"no engine says how far ={text:.60} spills")
        area = sheet, (left, top, left + int(width) - 1, top + int(height) - 1)
        self._areas.append(area)
        return area

    def _joined(self, ends: tuple[str, str], sheet: str, position: Position) -> Area | CellError:
        """Return the cells from one reference to another, as A1:INDEX(A:A,9)."""
        first, last = (self._area(half, sheet, position) for half in ends)
        for half in (first, last):
            if isinstance(half, CellError):
                return half
        assert not isinstance(first, CellError)  # noqa: S101  as the loop above made sure
        assert not isinstance(last, CellError)  # noqa: S101
        if first[0] != last[0]:
            return CellError("#VALUE!", "")
        (a, b, c, d), (e, f, g, h) = first[1], last[1]
        area = first[0], (min(a, e), min(b, f), max(c, g), max(d, h))
        self._areas.append(area)
        return area


def _number(text: str) -> float | None:
    """Return the number that a formula is, if it is no more than one."""
    try:
        return float(text)
    except ValueError:
        return None


def _text(value: CellValue) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str("" if value is None else value)


def _marked(given: Mapping[Place, CellValue]) -> dict[Place, tuple[type, CellValue]]:
    """Return values with their types; TRUE equals 1 in Python, and is another value in Excel."""
    return {place: (type(value), value) for place, value in given.items()}
