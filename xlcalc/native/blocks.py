"""How is a call written as a block of lines: its arguments, whether they are valid, its steps?

A block of `GPU_DAYS(flops,peak_tflops,mfu)` begins with a line that names the cell and shows the
call. Each argument has a line whose value is live, and beside it a check: "ok", or the error that
the argument gives. "arguments valid?" is "ok", or the first of these errors. Then come the steps
that the formula uses more than once, and the result where the cell does not show it by itself:

    =IF(Workings!$E$11="ok",flops/(peak_tflops*1E12*mfu*86400))
"""

from collections.abc import Callable, Sequence
from typing import Any

from xlcalc.cell_values import CellError
from xlcalc.native.arguments import Form, Given, constant_of, paired
from xlcalc.native.lines import COUNTS, VALUE_COLUMN, Block, Kind, Line
from xlcalc.native.texts import (
    NOT_FOUND,
    NUM,
    VALUE,
    PlainWriter,
    all_of,
    choice_number,
    default_literal,
    in_words,
    options_of,
    passed_on,
)
from xlcalc.native.tracing import Chosen, Live, trace
from xlcalc.quantities import COUNT_FORMAT, Choice, Flag, Quantity, Several
from xlcalc.terms import Term, bounds, domain, word_literal
from xlcalc.worksheet import Argument, SameAs

LONGEST_STEP = 700
"""Letters of a step; a longer one is parted."""
LONGEST_BODY = 160
"""Letters of a formula that the cell shows by itself."""


def traced_block(
    block: Block,
    arguments: Sequence[Given],
    there: Callable[[str], str],
    workings: str,
    *,
    alone: bool,
) -> None:
    """Fill the block of a function whose formula is traced.

    Parameters
    ----------
    block : Block
        The block, without lines but for the call.
    arguments : sequence of Given
        What the call gives, in order.
    there : callable
        Makes a reference of the cell's sheet one that holds on the sheet of workings.
    workings : str
        The name of that sheet before an exclamation mark.
    alone : bool
        Whether the cell may show the body by itself; a call inside another one needs its result.
    """
    _Traced(block, there, workings).write(list(arguments), alone=alone)


class _Traced:
    """Writes the block of one call.

    Attributes
    ----------
    cells : dict of str to str
        The cell of each argument and choice on the workings, by name.
    in_cell : dict of str to str
        How the cell of the call names it.
    """

    def __init__(self, block: Block, there: Callable[[str], str], workings: str) -> None:
        self.block, self.there, self.workings = block, there, workings
        self.cells: dict[str, str] = {}
        self.in_cell: dict[str, str] = {}

    def write(self, arguments: list[Given], *, alone: bool) -> None:
        block = self.block
        first = block.next_row
        operands = tuple(self.operand(*pair) for pair in paired(block.spec, arguments))
        valid = block.valid(first)
        if any(isinstance(operand, CellError) for operand in operands):
            block.shown = self.reference(block.result(valid, "an argument is never valid"))
            return
        term = trace(block.spec.formula, operands)
        shown = PlainWriter(self.in_cell)
        if alone and not shown.repeated(term) and shown.size(term)[0] <= LONGEST_BODY:
            block.add(Line(Kind.SHOWN, Kind.SHOWN.value, "", "", "", in_words(term)))
            block.shown = f'IF({self.reference(valid)}="ok",{shown.text(term, {})})'
            return
        writer = PlainWriter(self.cells)
        names, labels = self.steps(term, writer)
        body = f'IF({valid}="ok",{writer.text(term, names)})'
        block.shown = self.reference(block.result(body, in_words(term, writer.keys, labels)))

    def reference(self, cell: str) -> str:
        """Return how a cell of the workings stands in a formula of another sheet."""
        return f"{self.workings}${cell[0]}${cell[1:]}"

    def steps(self, term: Term, writer: PlainWriter) -> tuple[dict[int, str], dict[int, str]]:
        """Add a line for each part that is used more than once or is long; return their cells.

        Each part has its cell and, for a person, the name of its step.
        """
        names: dict[int, str] = {}
        labels: dict[int, str] = {}
        repeated = {key for key, _ in writer.repeated(term)}
        for part in writer.inside_out(term, set()):
            key = writer.keys.of(part)
            if key in names or part.head in {"name", "number"} or part is term:
                continue
            text = writer.text(part, names)
            if key in repeated or len(text) > LONGEST_STEP:
                label = f"step {len(names) + 1}"
                note = in_words(part, writer.keys, labels)
                names[key] = self.block.add(Line(Kind.STEP, label, f"={text}", "", "", note))
                labels[key] = label
        return names, labels

    def operand(self, argument: Argument, given: Given) -> Any:
        """Add the lines of an argument, and return it as the trace takes it."""
        if given.form is Form.LEFT_OUT:
            return self.left_out(argument)
        kind = argument.kind
        if isinstance(kind, Quantity):
            return self.number(argument, kind, given)
        if isinstance(kind, Several):
            return self.several(argument, kind, given)
        assert isinstance(kind, Choice | Flag)  # noqa: S101  no other kind is traced
        return self.word(argument, kind, given)

    def left_out(self, argument: Argument) -> Any:
        label, unit = f"{argument.name} (left out)", argument.kind.unit
        if not argument.optional:
            note = "must be given"
            self.add(argument, Line(Kind.LEFT_OUT, label, f"={VALUE}", "", unit, note))
            return CellError("#VALUE!")
        if isinstance(argument.default, SameAs):
            other = argument.default.argument
            self.add(
                argument,
                Line(Kind.LEFT_OUT, label, f"={self.cells[other]}", "", unit, f"as {other}"),
            )
            return self.name(argument)
        note = "counts as long as the call does not give it"
        default = argument.default
        at = self.next_cell
        check = f'=IF({self.equals(at, default)},"ok",{NOT_FOUND})'
        value = float(default) if isinstance(argument.kind, Quantity) else default
        self.add(argument, Line(Kind.LEFT_OUT, label, value, check, unit, note))
        return constant_of(argument.kind, default)

    def number(self, argument: Argument, kind: Quantity, given: Given) -> Any:
        at = self.next_cell
        value: str | float | bool
        shown = checked = ""
        if given.form is Form.CONSTANT:
            value = given.value if given.value is not None else ""
        else:
            there = self.there(given.text)
            value = f"={there}"
            if given.form is Form.CELL and argument.optional:
                value = f"=IF(ISBLANK({there}),{self.default(argument)},{there})"
            elif given.form is Form.CELL:
                shown, checked = given.text, there
        self.add(argument, self.line(argument, value, self.number_check(kind, checked or at)))
        return self.name(argument, shown)

    def number_check(self, kind: Quantity, cell: str) -> str:
        conditions = bounds(kind, cell)
        checked = f'IF({all_of(conditions)},"ok",{NUM})' if conditions else '"ok"'
        return f"=IF(ISNUMBER({cell}),{checked},{passed_on(cell)})"

    def several(self, argument: Argument, kind: Several, given: Given) -> Any:
        there = self.there(given.text)
        outside = f"SUMPRODUCT(1-({domain(kind.quantity, there)}))"
        strange = f"SUMPRODUCT(1-({there}={there}+0))"
        numbers = f'SUMPRODUCT(1-({there}=""))'
        inner = f'IF({outside}=0,"ok",{NUM})'
        check = f"=IF({strange}=0,IF({numbers}>0,{inner},{VALUE}),{VALUE})"
        note = f"sum of the range; {argument.help}"
        line = Line(Kind.ARGUMENT, argument.name, f"=SUM({there})", check, kind.unit, note)
        self.add(argument, line)
        self.cells[argument.name], self.in_cell[argument.name] = there, given.text
        return Live(argument.name)

    def word(self, argument: Argument, kind: Choice | Flag, given: Given) -> Any:
        at = self.next_cell
        if given.form is Form.CONSTANT:
            constant = constant_of(kind, given.value)
            check = f"={VALUE}"
            if not isinstance(constant, CellError):
                check = f'=IF({self.equals(at, constant)},"ok",{NOT_FOUND})'
            assert given.value is not None  # noqa: S101  a constant has a value
            self.add(argument, self.line(argument, given.value, check))
            return constant
        there = self.there(given.text)
        value = f"={there}"
        if given.form is Form.CELL and argument.optional:
            value = f"=IF(ISBLANK({there}),{self.default(argument)},{there})"
        number = f"{VALUE_COLUMN}{self.block.next_row + 1}"
        checked = there if given.form is Form.CELL and not argument.optional else at
        check = f'=IF({number}>0,"ok",{VALUE})'
        self.add(argument, self.line(argument, value, check))
        options = options_of(kind)
        note = ", ".join(f"{place} {option}" for place, option in enumerate(options, start=1))
        label = f"choice of {argument.name}"
        formula = f"={choice_number(kind, checked)}"
        self.block.add(Line(Kind.STEP, label, formula, "", "number", note))
        self.cells[label], self.in_cell[label] = number, self.reference(number)
        return Chosen(options, label)

    @property
    def next_cell(self) -> str:
        """The cell of the value of the line that comes next."""
        return f"{VALUE_COLUMN}{self.block.next_row}"

    def line(self, argument: Argument, value: str | float | bool, check: str) -> Line:
        shown = argument.kind.number_format if isinstance(argument.kind, Quantity) else ""
        shown = COUNTS if shown == COUNT_FORMAT else shown
        return Line(
            Kind.ARGUMENT, argument.name, value, check, argument.kind.unit, argument.help, shown
        )

    def add(self, argument: Argument, line: Line) -> None:
        self.cells[argument.name] = self.block.add(line)

    def name(self, argument: Argument, shown: str = "") -> Live:
        """Return an argument as the trace takes it, and remember how the cell names it."""
        self.in_cell[argument.name] = shown or self.reference(self.cells[argument.name])
        return Live(argument.name)

    def default(self, argument: Argument) -> str:
        if isinstance(argument.default, SameAs):
            return self.cells[argument.default.argument]
        return default_literal(argument.default)

    def equals(self, cell: str, constant: object) -> str:
        """Return the condition that the constant in a cell is still what the steps are made for."""
        if isinstance(constant, bool):
            return f"{cell}*1={int(constant)}"
        if isinstance(constant, str):
            return f"TRIM({cell})={word_literal(constant)}"
        literal = word_literal(constant)
        if isinstance(constant, float) and float(f"{constant:.15g}") != constant:
            # LibreOffice saves 15 digits of a third, and not every program compares no more.
            return f"ABS({cell}/{literal}-1)<1E-14"
        return f"{cell}={literal}"
