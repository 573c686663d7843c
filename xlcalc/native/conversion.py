"""How do the calls of a workbook become plain formulas, with a sheet of workings behind the others?

A formula that is filled down or across keeps its calls in one formula each; every other call gets a
block of workings. Nothing else of the workbook changes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from xlcalc.calc.model import WorkbookModel
from xlcalc.errors import DialectError
from xlcalc.formula_text import Call, calls, replace_calls
from xlcalc.lambdas import LOOKUPS as LAMBDA_LOOKUPS
from xlcalc.lambdas import lookup_names
from xlcalc.native import sheet as workings
from xlcalc.native.arguments import Form, Given, can_move, read_argument, refuse_ranges
from xlcalc.native.blocks import traced_block
from xlcalc.native.formulas import write_formulas
from xlcalc.native.inline import explained, inline
from xlcalc.native.lines import COUNTS, Block, Kind, Line
from xlcalc.native.lookups import LOOKUPS, lookup_block
from xlcalc.native.names import CellNames
from xlcalc.native.texts import qualified, quoted, relative_form, unqualified
from xlcalc.ooxml.cell_styles import add_styles
from xlcalc.ooxml.edits import drop_formulas, write_cells
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.tabs import add_sheet, free_tab, tab_names
from xlcalc.quantities import COUNT_FORMAT, Several
from xlcalc.registry import BY_NAME
from xlcalc.terms import MAX_LENGTH, NoLambdaFormError
from xlcalc.worksheet import Spec, spec_of

FILLED = 3
"""Cells with one relative formula from which on it counts as filled down or across."""


def to_native(package: Package) -> None:
    """Write the calls in the cells of a workbook as plain formulas.

    Parameters
    ----------
    package : Package
        The workbook, whose calls have no prefix; it is changed.

    Raises
    ------
    DialectError
        If a call has no plain form; the sentence names its cell.
    """
    writer = _Writer(package)
    changed = {sheet: writer.formulas(sheet) for sheet in package.sheets}
    for sheet, formulas in changed.items():
        if formulas:
            write_formulas(package, sheet, formulas, writer.model.formulas[sheet])
    if writer.blocks:
        styles = add_styles(
            package, workings.FONTS, workings.FILLS, tuple(workings.STYLES.values())
        )
        add_sheet(package, writer.tab, workings.workings_xml(writer.blocks, styles))
        _calculate(package, writer)
    if any(changed.values()):
        package.drop_calculation_chain()


def _calculate(package: Package, writer: "_Writer") -> None:
    """Put values behind the formulas of the workings, if the workbook has values.

    The other formulas keep theirs, and the workings follow from these.
    """
    cells = writer.model.formulas
    if any(cells[sheet][position].value is None for sheet, position in writer.callers):
        return
    fixed = package.copy()
    for sheet, formulas in cells.items():
        part = package.sheets[sheet]
        fixed.replace(part, drop_formulas(package.part(part), formulas))
    values = WorkbookModel(fixed, package.name).evaluate().cached.get(writer.tab, {})
    part = package.sheets[writer.tab]
    package.replace(part, write_cells(package.part(part), values, {}))


@dataclass
class _Place:
    """The formula that is being written."""

    sheet: str
    position: Position
    names: Mapping[str, bool]
    local: frozenset[str]
    known: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.sheet}!{cell_name(self.position)}"


class _Writer:
    """Writes the formulas of a workbook."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.model = WorkbookModel(package, package.name)
        taken = {tab.lower() for tab in tab_names(package)}
        is_free = workings.SHEET.lower() not in taken
        self.tab = workings.SHEET if is_free else free_tab(package, f"{workings.SHEET} of xlcalc")
        self.prefix = f"{workings.SHEET}!" if self.tab == workings.SHEET else quoted(self.tab)
        self.blocks: list[tuple[str, str, Block]] = []
        self.callers: list[tuple[str, Position]] = []
        self.row = workings.FIRST_ROW
        self.names = CellNames(package)

    def formulas(self, sheet: str) -> dict[Position, str]:
        """Return the new formulas of a sheet."""
        texts = {}
        for position, cell in self.model.formulas[sheet].items():
            text = self.model.formula_text(sheet, position)
            if not text or not any(_function(call) for call in calls(text)):
                continue
            if cell.kind not in {"normal", "shared"}:
                raise DialectError(
                    f"{self.package.name}: {sheet}!{cell_name(position)} is an array formula, and "
                    "a plain formula gives one value; the dialect udf keeps it"
                )
            texts[position] = text
        forms = {position: relative_form(text, position) for position, text in texts.items()}
        filled = Counter(forms.values())
        names, local = self.names.of(sheet), self.names.local(sheet)
        made = {}
        told: set[str] = set()
        for position, text in texts.items():
            place = _Place(sheet, position, names, local)
            form = forms[position]
            short = None
            if filled[form] >= FILLED or not can_move(text):
                short = self.inline(text, place)
            if short is not None and form not in told:
                told.add(form)
                self.explain(text, place, filled[form])
            made[position] = short or self.formula(text, place)
        return made

    def explain(self, text: str, place: _Place, count: int) -> None:
        """Say on the workings in words what a formula that is filled down calculates."""
        cell = f"{quoted(place.sheet)}{cell_name(place.position)}"
        for call in calls(text):
            spec = _function(call)
            if spec is None:
                continue
            arguments = [text[begin:end] for begin, end in call.arguments]
            typed = text[call.start : call.end]
            words = explained(spec, [read_argument(each, place.names) for each in arguments])
            block = Block(spec, typed, self.row)
            label = f"{Kind.FILLED.value} {count} cells" if count > 1 else Kind.FILLED.value
            note = f"{typed}: {words}"
            block.add(
                Line(Kind.FILLED, label, f"={cell}", "", spec.returns.unit, note, _format(spec))
            )
            self.blocks.append((str(place), cell, block))
            self.callers.append((place.sheet, place.position))
            self.row = block.next_row

    def formula(self, text: str, place: _Place) -> str:
        """Return a formula with blocks of workings in the place of its calls."""
        try:
            made = self.with_blocks(text, place)
        except NoLambdaFormError as error:
            raise DialectError(
                f"{self.package.name}: {place}: {error}; the dialect udf keeps the call"
            ) from None
        if len(made) > MAX_LENGTH:
            raise DialectError(
                f"{self.package.name}: {place} would have a formula of {len(made)} characters, "
                f"of which Excel takes {MAX_LENGTH}"
            )
        return made

    def inline(self, text: str, place: _Place) -> str | None:
        """Return a formula with its calls in one formula each; None where one cannot be."""
        failed: list[Call] = []

        def change(call: Call, arguments: list[str]) -> str | None:
            spec = _function(call)
            if spec is None or failed:
                return None
            written = inline(spec, [read_argument(each, place.names) for each in arguments])
            if written is None or len(written) > MAX_LENGTH:
                failed.append(call)
            return written

        made = replace_calls(text, change)
        return None if failed or len(made) > MAX_LENGTH else made

    def with_blocks(self, text: str, place: _Place) -> str:
        """Return a formula that reads blocks of workings in the place of its calls."""
        spans = [(call.start, call.end) for call in calls(text) if _function(call)]

        def change(call: Call, arguments: list[str]) -> str | None:
            spec = _function(call)
            if spec is None:
                return None
            typed = text[call.start : call.end]
            inner = any(begin < call.start and call.end <= end for begin, end in spans)
            key = f"{typed}\0{inner}"
            if key not in place.known:
                place.known[key] = self.block(spec, typed, arguments, place, alone=not inner)
            return place.known[key]

        return replace_calls(text, change)

    def block(
        self, spec: Spec, typed: str, arguments: list[str], place: _Place, *, alone: bool
    ) -> str:
        """Write the block of a call, and return what stands in its place in the cell."""
        if len(arguments) > len(spec.arguments):
            raise NoLambdaFormError(f"{spec.name} has {len(arguments)} arguments, too many")
        given = [self.argument(text, place) for text in arguments]
        for argument, one in zip(spec.arguments, given, strict=False):
            if not isinstance(argument.kind, Several):
                refuse_ranges([one])
            if one.is_live and not can_move(one.text):
                raise NoLambdaFormError(
                    f"{one.text} means the cells around it, which no other sheet can name"
                )
        if spec.name in LAMBDA_LOOKUPS and not lookup_names(spec.name) <= self.names.all:
            tab = "Models" if spec.name == "MODEL_SPEC" else "Catalogue"
            raise NoLambdaFormError(
                f"{spec.name} needs the sheet {tab} of the template function_library with its names"
            )
        if spec.untraceable and spec.name not in LOOKUPS:
            raise NoLambdaFormError(f"{spec.name} cannot go without Python: {spec.untraceable}")
        block = Block(spec, typed, self.row)
        cell = f"{quoted(place.sheet)}{cell_name(place.position)}"
        line = Line(Kind.CALL, Kind.CALL.value, f"={cell}", "", "", typed, _format(spec))
        block.add(line)

        def there(text: str) -> str:
            # The cells of the workings need no sheet there.
            return unqualified(qualified(text, place.sheet, place.local), self.tab)

        if spec.name in LOOKUPS:
            lookup_block(block, given, there, self.prefix)
        else:
            traced_block(block, given, there, self.prefix, alone=alone)
        self.blocks.append((str(place), cell, block))
        self.callers.append((place.sheet, place.position))
        self.row = block.next_row
        return block.shown

    def argument(self, text: str, place: _Place) -> Given:
        given = read_argument(text, place.names)
        if given.form is Form.CELL and given.text.startswith(self.prefix):
            return Given(Form.EXPRESSION, given.text)  # a result is never empty
        return given


def _format(spec: Spec) -> str:
    """Return how the results of a function are shown."""
    shown = spec.returns.number_format
    return COUNTS if shown == COUNT_FORMAT else shown


def _function(call: Call) -> Spec | None:
    """Return the function of ours that is called."""
    function = BY_NAME.get(call.name.upper())
    return None if function is None else spec_of(function)
