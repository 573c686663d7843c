"""How are the values of many scenarios written into copies of one workbook?

The XML of each sheet is split once into what stays and the cells that change. What comes out is,
part for part, what `WorkbookModel.to_bytes` makes of the same values.

An example: a sheet whose only live cells are B1, an input, and B2, its double.

    ...<c r="B1"><v>2</v></c></row><row r="2"><c r="B2"><f>B1*2</f><v>4</v></c></row>...
       ^^^^^^^^^^^^^^^^^^^^^^                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       a slot                                 another slot

For two scenarios, B1 = 3 and 5, what the files have in common goes into a pattern, and what is
each file's own becomes a line of numbers:

    pattern  '...<c r="B1"><v>', '', '</v></c></row><row ...><f>B1*2</f><v>', '', '</v></c>...'
    numbers  '3,6' and '5,10'

A file is the pattern with its own numbers in the gaps. The pattern keeps a place for each gap, so
that every second piece, `pattern[1::2]`, is a cell's own: one slice puts in all cells of a file.
Texts, errors and cells that keep a formula in some files only are whole elements in such a gap.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.vectorised.nodes import Values
from xlcalc.calc.vectorised.syntax import Place
from xlcalc.calc.vectorised.vectors import Vector
from xlcalc.cells import CellValue
from xlcalc.ooxml.archive import Archive
from xlcalc.ooxml.edits import Slot, split_cells
from xlcalc.ooxml.literals import number_lines, xml_texts
from xlcalc.ooxml.markup import Position
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell


class NotCopyable(Exception):  # noqa: N818  no failure: each file is made by itself
    """The reason why a workbook has no slots."""


@dataclass(frozen=True)
class _Sheet:
    part: str
    chunks: list[bytes]
    slots: list[tuple[Place, Slot]]


class Filling:
    """Copies of a workbook with other values in its live cells.

    Parameters
    ----------
    formulas : mapping of str to mapping
        The formula cells of each sheet of the workbook.
    live : sequence of (str, (int, int))
        The cells that change.
    inputs : sequence of (str, (int, int))
        Those of them that scenarios may set.
    form : Package
        What is copied: the workbook with the values of all other cells, or without its formulas.
    keeps_formulas : bool
        Whether it has formulas.
    others : collection of str
        Parts that each file gets beside its cells.
    """

    def __init__(
        self,
        formulas: Mapping[str, Mapping[Position, FormulaCell]],
        live: Sequence[Place],
        inputs: Sequence[Place],
        form: Package,
        *,
        keeps_formulas: bool,
        others: Collection[str] = (),
    ) -> None:
        self._formulas = formulas
        self._inputs = set(inputs)
        self._keeps_formulas = keeps_formulas
        if keeps_formulas and any(
            kind == "calcChain" for kind, _ in form.relations(form.workbook_part).values()
        ):
            set_formulas = [place for place in inputs if place[1] in formulas[place[0]]]
            if set_formulas:
                raise NotCopyable("an input is a formula, and the file lists its formulas")
        self._sheets: list[_Sheet] = []
        for sheet, part in form.sheets.items():
            positions = {position for place, position in live if place == sheet}
            if not positions:
                continue
            split = split_cells(form.part(part), positions)
            if split is None:
                raise NotCopyable(f"the sheet {sheet} lacks a cell that changes")
            chunks, slots = split
            for slot in slots:
                formula = formulas[sheet].get(slot.position)
                if formula and formula.kind != "normal" and (sheet, slot.position) in self._inputs:
                    raise NotCopyable("an input is a shared formula")
            self._sheets.append(
                _Sheet(
                    part,
                    chunks,
                    [((sheet, slot.position), slot) for slot in slots],
                )
            )
        self._archive = Archive(form, {*(sheet.part for sheet in self._sheets), *others})

    @property
    def parts(self) -> list[str]:
        """Names of the sheets that change."""
        return [sheet.part for sheet in self._sheets]

    def files(
        self, values: Values, given: Mapping[Place, NDArray[np.bool_]], count: int
    ) -> "Files":
        """Return the files of some scenarios.

        Parameters
        ----------
        values : Values
            The values of each live cell.
        given : Mapping[Place, numpy.ndarray]
            For each input, whether a scenario sets it.
        count : int
            How many scenarios there are.
        """
        sheets = []
        numbers: list[NDArray[np.float64]] = []
        elements: list[tuple[int, list[bytes]]] = []
        for sheet in self._sheets:
            fixed = [sheet.chunks[0]]
            for (place, slot), chunk in zip(sheet.slots, sheet.chunks[1:], strict=True):
                vector = values[place]
                dropped = self._dropped(place, given.get(place), count)
                head, own, tail = self._column(place, slot, vector, dropped)
                fixed[-1] += head
                if isinstance(own, np.ndarray):
                    numbers.append(own)
                elif own.count(own[0]) < len(own):
                    elements.append((len(numbers) + len(elements), own))
                else:
                    fixed[-1] += own[0] + tail + chunk
                    continue
                fixed.append(tail + chunk)
            pattern = [b""] * (2 * len(fixed) - 1)
            pattern[::2] = fixed
            sheets.append((sheet.part, pattern))
        lines = number_lines(np.column_stack(numbers)) if numbers else [b""] * count
        return Files(self._archive, sheets, lines, elements)

    def _dropped(
        self, place: Place, given: NDArray[np.bool_] | None, count: int
    ) -> NDArray[np.bool_]:
        """Return whether the cell holds no formula in a file, but what a scenario sets."""
        if given is None or (self._has_formula(place) and not self._keeps_formulas):
            return np.full(count, not self._keeps_formulas)
        return given

    def _has_formula(self, place: Place) -> bool:
        sheet, position = place
        return position in self._formulas[sheet]

    def _column(
        self, place: Place, slot: Slot, vector: Vector, dropped: NDArray[np.bool_]
    ) -> tuple[bytes, NDArray[np.float64] | list[bytes], bytes]:
        """Return what the files have in common before and behind a cell's own, and its own."""
        drops = bool(dropped.all())
        if vector.codes is None and (drops or (self._has_formula(place) and not dropped.any())):
            # A value that the file has already is kept as the file writes it, not as we would.
            odd = None if drops else slot.odd_value
            if vector.numeric:
                if not isinstance(odd, float) or not (vector.data == odd).any():
                    head, tail = slot.around(float, keeps_formula=not drops)
                    return head, vector.data, tail
            elif not vector.logical:
                texts = vector.data.tolist()
                if set(map(type, texts)) == {str} and odd not in texts:
                    head, tail = slot.around(str, keeps_formula=not drops)
                    return head, xml_texts(texts), tail
        return b"", self._elements(place, slot, vector, dropped), b""

    def _elements(
        self, place: Place, slot: Slot, vector: Vector, dropped: NDArray[np.bool_]
    ) -> list[bytes]:
        """Return the element of a cell in each file."""
        formula = self._has_formula(place)
        known: dict[tuple[type, CellValue, bool], bytes] = {}
        elements = []
        for value, is_dropped in zip(vector.cells(), dropped.tolist(), strict=True):
            key = type(value), value, is_dropped
            if key not in known:
                shown = 0.0 if value is None and formula else value
                known[key] = (
                    slot.render(shown, keeps_formula=not is_dropped)
                    if is_dropped or formula
                    else slot.element[0]
                )
            elements.append(known[key])
        return elements


@dataclass(frozen=True)
class Files:
    """The files of some scenarios, made one by one.

    Attributes
    ----------
    archive : Archive
        The file that is copied.
    sheets : list of (str, list of bytes)
        Name and pieces of each part that changes; every second piece is a cell's own.
    numbers : list of bytes
        For each file the cells that hold numbers, divided by commas.
    elements : list of (int, list of bytes)
        The other cells: the place among all, and what stands there in each file.
    """

    archive: Archive
    sheets: list[tuple[str, list[bytes]]]
    numbers: list[bytes]
    elements: list[tuple[int, list[bytes]]]

    def file(self, row: int, others: Mapping[str, bytes] | None = None) -> bytes:
        """Return the file of a scenario, with the parts that it has beside its cells."""
        numbers = self.numbers[row]
        cells = numbers.split(b",") if numbers else []
        for place, elements in self.elements:
            cells.insert(place, elements[row])
        parts = dict(others or {})
        start = 0
        for part, pattern in self.sheets:
            pieces = pattern.copy()
            end = start + len(pieces) // 2
            pieces[1::2] = cells[start:end]
            parts[part] = b"".join(pieces)
            start = end
        return self.archive.write(parts)
