"""Which calls do the blocks on a sheet of workings stand for?

A call is read from the live lines of its arguments, whose references the program itself has moved
with their cells. The text of the call as it was first written is taken where it still says the
same, for its blanks and its way to write numbers.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlcalc.calc.model import WorkbookModel
from xlcalc.cell_values import CellValue
from xlcalc.formula_text import calls
from xlcalc.native import sheet as workings
from xlcalc.native.arguments import Form, Given, paired, read_argument
from xlcalc.native.changes import is_changed, made_again, shape
from xlcalc.native.lines import Kind
from xlcalc.native.names import CellNames
from xlcalc.native.texts import TOKEN, quoted, unqualified
from xlcalc.ooxml.literals import number_text
from xlcalc.ooxml.markup import Position, cell_position, cells_of, value_of
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.stored_values import SharedTexts
from xlcalc.quantities import Several
from xlcalc.registry import BY_NAME
from xlcalc.terms import word_literal
from xlcalc.worksheet import Argument, SameAs, Spec, spec_of

_LEFT_OUT = " (left out)"
_HEAD_ROWS = 30
"""In how many rows the head of the sheet is looked for; a person may have put rows above it."""
_REFERENCE = re.compile(r"=?(?:('(?:[^']|'')+'|[^'!]+)!)(\$?[A-Z]{1,3}\$?\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class ReadLine:
    """A line as it is read.

    Attributes
    ----------
    row : int
        Its row.
    label, note : str
        What it is called, and what it says.
    formula : str
        The formula of its value, without `=`; empty where it is a constant.
    check : str
        The formula of its check.
    value : CellValue
        Its value.
    """

    row: int
    label: str
    note: str
    formula: str
    check: str
    value: CellValue


@dataclass(frozen=True)
class ReadBlock:
    """A block as it is read.

    Attributes
    ----------
    spec : Spec
        The function.
    sheet, place : str
        The sheet of the cell that it is for, and the cell as a person reads it.
    lines : tuple of ReadLine
        Its lines, the first one that of the call.
    """

    spec: Spec
    sheet: str
    place: str
    lines: tuple[ReadLine, ...]


def workings_sheets(package: Package) -> list[str]:
    """Return the sheets of workings of a workbook; a person may have given them other names."""
    mark = workings.MARK.encode()
    texts = [
        target
        for kind, target in package.relations(package.workbook_part).values()
        if kind == "sharedStrings" and package.has(target)
    ]
    if not any(mark in package.part(part) for part in (*texts, *package.sheets.values())):
        return []
    shared = SharedTexts(package)
    return [
        sheet
        for sheet, part in package.sheets.items()
        if any(
            value_of(cell, shared) == workings.MARK
            for (row, _), cell, _ in cells_of(package.part(part))
            if row <= _HEAD_ROWS
        )
    ]


class Workings:
    """The blocks of a sheet of workings, and the calls that they stand for.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.
    tab : str
        The sheet.
    """

    def __init__(self, model: WorkbookModel, tab: str) -> None:
        self.tab = tab
        self.blocks: list[ReadBlock] = []
        self.results: dict[int, ReadBlock] = {}
        self.checks: dict[int, ReadBlock] = {}
        self.column = 0
        self._calls: dict[int, str] = {}
        self._shown: dict[int, str] = {}
        self._names = CellNames(model.package)
        self.changed: dict[int, ReadBlock] = {}
        shared = SharedTexts(model.package)
        self._formulas = {
            position: model.formula_text(tab, position) for position in model.formulas[tab]
        }
        self._values: dict[Position, CellValue] = {
            position: value_of(cell, shared)
            for position, cell, _ in cells_of(model.package.part(model.package.sheets[tab]))
        }
        self._read()

    def call(self, block: ReadBlock) -> str:
        """Return the call that a block stands for."""
        key = block.lines[0].row
        if key not in self._calls:
            self._calls[key] = self._call(block)
        return self._calls[key]

    def check_body(self, block: ReadBlock, body: str) -> None:
        """Remember a block if the cell no longer has the formula that it was given."""
        self.call(block)
        if shape(body) != shape(self._shown[block.lines[0].row]):
            self.changed[block.lines[0].row] = block

    def block_at(self, reference: str, rows: Mapping[int, ReadBlock]) -> ReadBlock | None:
        """Return the block whose line of some kind is in a cell, if there is one."""
        position = cell_position(reference.replace("$", ""))
        if position is None or position[1] != self.column:
            return None
        return rows.get(position[0])

    def with_calls(self, formula: str) -> str:
        """Return a formula of this sheet with calls in the place of the results of blocks."""

        def changed(found: re.Match[str]) -> str:
            own = found["sheet"] is None or found["sheet"] in {f"{self.tab}!", quoted(self.tab)}
            block = self.block_at(found["area"], self.results) if own and found["area"] else None
            return found[0] if block is None else self.call(block)

        return TOKEN.sub(changed, formula)

    def _read(self) -> None:
        heads = {}
        for (row, column), value in sorted(self._values.items()):
            if row <= _HEAD_ROWS and value in workings.HEADINGS:
                heads[value] = column
        if len(heads) < len(workings.HEADINGS):
            return
        self.column = heads["Value"]
        rows = sorted({row for row, _ in self._values})
        lines: list[ReadLine] = []
        name = ""
        for row in rows:
            label = self._values.get((row, heads["Line"]))
            function = self._values.get((row, heads["Function"]))
            if not isinstance(label, str) or function not in BY_NAME:
                continue
            place = (row, heads["Value"])
            note = self._values.get((row, heads["What it is"]))
            check = self._formulas.get((row, heads["Check"]), "")
            formula = self._formulas.get(place, "")
            value = self._values.get(place)
            line = ReadLine(row, label, str(note or ""), formula, check, value)
            if label == Kind.CALL.value or label.startswith(Kind.FILLED.value):
                self._add(name, lines)
                lines, name = [], str(function)
            if label.startswith(Kind.FILLED.value):
                continue
            lines.append(line)
        self._add(name, lines)

    def _add(self, name: str, lines: list[ReadLine]) -> None:
        found = _REFERENCE.fullmatch(lines[0].formula) if lines else None
        if found is None:
            return
        sheet = found[1].strip("'").replace("''", "'")
        place = f"{sheet}!{found[2].replace('$', '')}"
        block = ReadBlock(spec_of(BY_NAME[name]), sheet, place, tuple(lines))
        self.blocks.append(block)
        for line in lines:
            if line.label == Kind.RESULT.value:
                self.results[line.row] = block
            elif line.label == Kind.VALID.value:
                self.checks[line.row] = block

    def _call(self, block: ReadBlock) -> str:
        lines = {line.label.removesuffix(_LEFT_OUT): line for line in block.lines}
        arguments = [
            self._argument(argument, lines[argument.name], block.sheet)
            if argument.name in lines
            else ""
            for argument in block.spec.arguments
        ]
        while arguments and not arguments[-1]:
            arguments.pop()
        given = [read_argument(text, self._names.of(block.sheet)) for text in arguments]
        result = any(line.label == Kind.RESULT.value for line in block.lines)
        made = made_again(block.spec, given, alone=not result)
        row = block.lines[0].row
        self._shown[row] = made.shown
        if is_changed(made, ((line.label, line.formula, line.check) for line in block.lines)):
            self.changed[row] = block
        typed = block.lines[0].note
        if _says_the_same(typed, block.spec, arguments, block.sheet):
            return typed
        return f"{block.spec.name}({','.join(arguments)})"

    def _argument(self, argument: Argument, line: ReadLine, sheet: str) -> str:
        """Return an argument as its line has it now; empty where it is left out."""
        left_out = line.label.endswith(_LEFT_OUT)
        # LibreOffice saves TRUE as a formula.
        if not line.formula or line.formula.upper() in {"TRUE()", "FALSE()"}:
            if left_out and _is_default(line.value, argument.default):
                return ""
            if isinstance(line.value, bool):
                return str(line.value).upper()
            if isinstance(line.value, float | int):
                return number_text(float(line.value))
            return word_literal(str(line.value or ""))
        if left_out and (not argument.optional or isinstance(argument.default, SameAs)):
            return ""
        text = line.formula
        if isinstance(argument.kind, Several):
            text = _inside(text, "SUM") or text
        elif argument.optional:
            text = _given_or_default(text) or text
        return unqualified(self.with_calls(text), sheet)


def _is_default(value: CellValue, default: object) -> bool:
    """Whether a line still has the default; LibreOffice keeps 15 digits of a number."""
    if isinstance(value, float | int) and isinstance(default, float | int):
        return math.isclose(value, default, rel_tol=1e-14)
    return value in {None, "", default}


def _inside(text: str, function: str) -> str | None:
    """Return what stands in the brackets of a call, if a text is one."""
    call = next((call for call in calls(text) if call.start == 0 and call.end == len(text)), None)
    if call is None or call.name.upper() != function:
        return None
    return text[len(call.name) + 1 : -1]


def _given_or_default(text: str) -> str | None:
    """Return the cell in `IF(ISBLANK(cell),default,cell)`."""
    for call in calls(text):
        if call.start == 0 and call.end == len(text) and call.name.upper() == "IF":
            parts = [text[begin:end].strip() for begin, end in call.arguments]
            if len(parts) == 3 and parts[0].upper() == f"ISBLANK({parts[2]})".upper():
                return parts[2]
    return None


def _says_the_same(typed: str, spec: Spec, arguments: list[str], sheet: str) -> bool:
    """Whether the call as it was written is the one that the lines say."""
    whole = next((c for c in calls(typed) if c.start == 0 and c.end == len(typed)), None)
    if whole is None or whole.name.upper() != spec.name:
        return False
    written = [typed[begin:end] for begin, end in whole.arguments]
    if len(written) > len(spec.arguments):
        return False
    old = paired(spec, [read_argument(text, {}) for text in written])
    new = paired(spec, [read_argument(text, {}) for text in arguments])
    return all(_same(one, other, sheet) for (_, one), (_, other) in zip(old, new, strict=True))


def _same(one: Given, other: Given, sheet: str) -> bool:
    if Form.CONSTANT in {one.form, other.form}:
        return one.form is other.form and one.value == other.value
    texts = (unqualified(given.text, sheet) for given in (one, other))
    return len({re.sub(r"\s", "", text).upper() for text in texts}) == 1
