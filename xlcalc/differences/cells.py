"""What changed in the cells of a sheet that both workbooks have?

Each cell is compared with the one that it has become. A formula is the same where it names the
same cells as before, wherever they are now; it is in `result` alone that its value differs. Cells
of rows and columns that were put in or taken out are told by their row or column.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from xlcalc.calc.differences import alike_but_last_digits, same_value
from xlcalc.cells import CellError, CellValue
from xlcalc.differences.changes import Change
from xlcalc.differences.formulas import LOST, Parted, parted, relative, skeleton
from xlcalc.differences.gathering import box_name, rectangles
from xlcalc.differences.lines import formula_shown, line_changes
from xlcalc.differences.moves import Moves, SheetMoves
from xlcalc.differences.sides import Formula, Sheet
from xlcalc.ooxml.markup import Position, cell_name

_TOGETHER = 4
"""Cells beside each other from which their new constants are one difference."""


@dataclass(frozen=True)
class _Found:
    """What changed in one cell, before like cells are gathered."""

    kind: str
    was: Position | None
    at: Position
    key: str
    change: Change


class CellComparison:
    """The comparison of one sheet.

    Parameters
    ----------
    old, new : Sheet
        The sheet in both workbooks.
    moves : Moves
        Where the cells of all sheets are now.
    names : callable
        Returns the name of a cell of the new workbook; empty for none.
    untold : collection of (int, int)
        Cells of the new sheet whose values say nothing, since they are drawn at random.
    """

    def __init__(
        self,
        old: Sheet,
        new: Sheet,
        moves: Moves,
        names: Callable[[Position], str],
        untold: Collection[Position] = (),
    ) -> None:
        self.old, self.new, self.moves = old, new, moves
        self.here: SheetMoves = moves.sheets[old.name.lower()]
        self._names, self._untold = names, untold
        self._landed = {p: self.here.to(p) for p in old.cells}
        self._sources = {q: p for p, q in self._landed.items() if q is not None}

    def changes(self) -> list[Change]:
        """Return what changed, in the order of kinds and cells."""
        lines, told_old, told_new = line_changes(self.old, self.new, self.here, self._landed)
        found = [
            one
            for p, q in self._landed.items()
            if q is not None and not (p in told_old or q in told_new)
            for one in self._cell(p, q)
        ]
        found += [
            one
            for q in self.new.cells
            if q not in self._sources and q not in told_new
            for one in self._cell(None, q)
        ]
        found += [one for q in told_new for one in self._new_error(None, q)]
        return [*lines, *self._blocks(), *self._gathered(found), *self._formats()]

    def _blocks(self) -> Iterator[Change]:
        """Yield the blocks of cells that were moved by themselves."""
        by: dict[Position, list[Position]] = {}
        for p, q in self.here.blocks.items():
            by.setdefault((q[0] - p[0], q[1] - p[1]), []).append(p)
        for shift, cells in sorted(by.items(), key=lambda one: one[1]):
            rows, columns = [p[0] for p in cells], [p[1] for p in cells]
            corners = [(min(rows), min(columns)), (max(rows), max(columns))]
            there = [(row + shift[0], column + shift[1]) for row, column in corners]
            yield Change(
                "moved", self.new.name, box_name(there), box_name(corners), count=len(cells)
            )

    def _cell(self, p: Position | None, q: Position) -> Iterator[_Found]:
        """Yield what happened to a cell that stood at `p`, if it did, and stands at `q`."""
        one = self.old.formulas.get(p) if p else None
        other = self.new.formulas.get(q)
        before = self.old.values.get(p) if p else None
        after = self.new.values.get(q)
        if one is not None and other is not None:
            yield from self._formulas(p or q, q, one, other)
        elif one is not None:
            kind = "formula-to-value" if self.new.is_constant(q) else "formula"
            shape = f"{relative(parted(one.text), p or q)}|"
            change = Change(
                kind, before=formula_shown(one), after=after, value_before=before, value_after=after
            )
            yield _Found(kind, p, q, shape, change)
        elif other is not None:
            kind = "value-to-formula" if p and self.old.is_constant(p) else "formula"
            shape = f"|{relative(parted(other.text), q)}"
            constant = before if kind != "formula" else None
            change = Change(
                kind,
                before=constant,
                after=formula_shown(other),
                value_before=before,
                value_after=after,
            )
            yield _Found(kind, p, q, shape, change)
        else:
            yield from self._values(p, q, before, after)
        yield from self._new_error(p, q)

    def _values(
        self, p: Position | None, q: Position, before: CellValue, after: CellValue
    ) -> Iterator[_Found]:
        """Yield what happened to a cell without a formula of its own on both sides."""
        was_spilt = p in self.old.spills
        if was_spilt and self.new.is_constant(q):
            change = Change("formula-to-value", before="={…}", after=after, value_before=before)
            yield _Found("formula-to-value", p, q, "spill", change)
        elif was_spilt or q in self.new.spills:
            if was_spilt and q in self.new.spills:
                yield from self._result(p or q, q, "")
        elif not alike_but_last_digits(before, after):
            name = self._names(q)
            texts = all(isinstance(value, str | None) for value in (before, after))
            kind = "text" if texts and not name else "input"
            shape = f"{before is None}|{after is None}"
            yield _Found(kind, p, q, shape, Change(kind, before=before, after=after))

    def _formulas(self, p: Position, q: Position, one: Formula, other: Formula) -> Iterator[_Found]:
        """Yield what happened to a cell with a formula on both sides."""
        if self._is_same(one, other):
            yield from self._result(p, q, other.text)
            return
        before, after = parted(one.text), parted(other.text)
        note = ""
        if one.text == other.text and one.kind == other.kind:
            would = self.moves.text(one.text, self.old.name)
            note = f"it did not follow what moved, as ={would} would"
        change = Change(
            "formula",
            before=formula_shown(one),
            after=formula_shown(other),
            value_before=self.old.values.get(p),
            value_after=self.new.values.get(q),
            note=note,
        )
        shape = f"{relative(before, p)}|{relative(after, q)}|{bool(note)}"
        yield _Found("formula", p, q, shape, change)

    def _is_same(self, one: Formula, other: Formula) -> bool:
        """Whether two formulas are one that followed the cells that it names."""
        if one.kind != other.kind or (one.kind == "array" and not self._same_extent(one, other)):
            return False
        followed = self.moves.formula(parted(one.text), self.old.name)
        if followed is None:
            return False
        text = parted(other.text)
        return followed is text or same_formula(followed, text, self.new.name)

    def _same_extent(self, one: Formula, other: Formula) -> bool:
        area = self.moves.formula(parted(one.extent), self.old.name)
        return area is not None and same_formula(area, parted(other.extent), self.new.name)

    def _result(self, p: Position, q: Position, formula: str) -> Iterator[_Found]:
        """Yield what became of the value of a formula that stayed the same."""
        before, after = self.old.values.get(p), self.new.values.get(q)
        if before is None or after is None or q in self._untold or same_value(before, after):
            return
        if not (isinstance(after, CellError) and not isinstance(before, CellError)):
            shape = relative(parted(formula), q)
            yield _Found("result", p, q, shape, Change("result", before=before, after=after))

    def _new_error(self, p: Position | None, q: Position) -> Iterator[_Found]:
        """Yield an error of a formula that was none, and a formula that lost what it names."""
        formula = self.new.formulas.get(q)
        if formula is None and q not in self.new.spills:
            return
        before, after = self.old.values.get(p) if p else None, self.new.values.get(q)
        known = self.old.formulas.get(p) if p else None
        text = formula.text if formula else ""
        lost = LOST in text and (known is None or LOST not in known.text)
        fresh = isinstance(after, CellError) and not isinstance(before, CellError)
        if fresh or lost:
            shape = relative(parted(text), q)
            value = after if isinstance(after, CellError) else CellError(LOST)
            change = Change("error", before=before, after=value, note=f"={text}" if text else "")
            yield _Found("error", p, q, shape, change)

    # Like changes beside each other

    def _gathered(self, found: Iterable[_Found]) -> Iterator[Change]:
        groups: dict[tuple[str, str, str], dict[Position, _Found]] = {}
        for one in found:
            name = self._names(one.at) if one.kind in {"input", "result"} else ""
            groups.setdefault((one.kind, one.key, name), {})[one.at] = one
        for (kind, _, name), cells in groups.items():
            for box in rectangles(cells):
                constants = kind in {"input", "text"}
                apart = constants and len(box) < _TOGETHER
                for some in [[cell] for cell in box] if apart else [box]:
                    yield self._change([cells[cell] for cell in some], name, each=constants)

    def _change(self, cells: list[_Found], name: str, *, each: bool) -> Change:
        """Return the difference that some cells make together."""
        first = cells[0]
        here = box_name([one.at for one in cells])
        olds = [one.was for one in cells if one.was is not None]
        was = box_name(olds) if olds else ""
        label, heading = self.new.label(first.at), self.new.heading(first.at)
        listed = tuple((cell_name(one.at), one.change.before, one.change.after) for one in cells)
        return replace(
            first.change,
            sheet=self.new.name,
            cells=here,
            was=was if was != here else "",
            count=len(cells),
            name=name or self._names(first.at),
            label=label,
            heading=heading if heading != label else "",
            number_format=self.new.formats.get(first.at, "General"),
            each=listed if each and len(cells) > 1 else (),
        )

    def _formats(self) -> Iterator[Change]:
        """Yield how many cells are shown in another number format."""
        changed = [
            q
            for q, p in self._sources.items()
            if q in self.new.cells
            and self.old.formats.get(p, "General") != self.new.formats.get(q, "General")
        ]
        if changed:
            yield Change(
                "number-format",
                self.new.name,
                box_name(rectangles(changed)[0]),
                before=self.old.formats.get(self._sources[min(changed)], "General"),
                after=self.new.formats.get(min(changed), "General"),
                count=len(changed),
            )


def same_formula(one: Parted, other: Parted, sheet: str) -> bool:
    """Whether two formulas of a sheet are the same, however their programs write them."""
    if len(one.areas) != len(other.areas):
        return False
    if one.pieces != other.pieces and skeleton(one) != skeleton(other):
        return False
    own = sheet.lower()
    for area, there in zip(one.areas, other.areas, strict=True):
        if area[1:] != there[1:]:
            return False
        names = [name.lower() for name in (area.sheet, there.sheet)]
        if len({"" if name == own else name for name in names}) > 1:
            return False
    return True
