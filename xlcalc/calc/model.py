"""A workbook as a function: what do its named results become for other named inputs?

Named cells without a formula are inputs, named cells with one are outputs. A formula in an unlocked
cell is a default that a person may overwrite, so such a cell is an input as well.
"""

import contextlib
import functools
import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import to_excel

from xlcalc.calc.engine import Engine, may_omit, unknown_functions
from xlcalc.cells import CellError, CellValue
from xlcalc.errors import InputValueError, NameNotFoundError, WorkbookError, suggestion
from xlcalc.ooxml.edits import write_cells
from xlcalc.ooxml.markup import Position, cell_name, cell_position, same
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import (
    FormulaCell,
    Validation,
    cell_styles,
    check_markup,
    formula_cells,
    last_cell,
    validations,
)
from xlcalc.quantities import SMALLEST

CHECKS_NAME = "checks_hold"
"""A named result that says whether a workbook's own checks hold, where it has one."""

_CELL_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?[0-9]+)")
_RANGE_REFERENCE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?(\$?[A-Z]+\$?\d+:\$?[A-Z]+\$?\d+)"
)
_CALL = re.compile(r"(?<![\w.!'\]])([A-Za-z_][\w.]*)\(")
# What LibreOffice saves of a cell that holds a logical value.
_LOGICAL = re.compile(r"(?:TRUE|FALSE)\(\)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'')
_NUMBER = re.compile(
    r"(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(?P<percent>%?)"
)
_PLAIN = "0123456789.eE+-"
"""What a number is written with by programs."""
_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "greaterThan": ("above", lambda x, a: x > a),
    "greaterThanOrEqual": ("at least", lambda x, a: x >= a),
    "lessThan": ("below", lambda x, a: x < a),
    "lessThanOrEqual": ("at most", lambda x, a: x <= a),
    "equal": ("equal to", lambda x, a: x == a),
    "notEqual": ("other than", lambda x, a: x != a),
}


@dataclass(frozen=True)
class NamedCell:
    """A cell that has a name.

    Attributes
    ----------
    value : CellValue
        What the cell holds in the workbook as it stands.
    is_input, is_output : bool
        Whether it may be set, and whether a formula gives it; an overwritable default is both.
    number_format : str
        Excel's format of the cell.
    label, unit : str
        Text beside the cell: to its left, and to its right.
    """

    name: str
    sheet: str
    position: Position
    value: CellValue
    is_input: bool
    is_output: bool
    number_format: str
    label: str
    unit: str
    validation: Validation | None = None

    @property
    def place(self) -> str:
        """Where the cell stands, as Inputs!C7."""
        return f"{self.sheet}!{cell_name(self.position)}"


@dataclass
class Evaluation:
    """The named values of a workbook for some inputs.

    Attributes
    ----------
    values : dict[str, CellValue]
        Value of every named cell.
    failures : dict[str, CellError]
        Sentences behind the errors of worksheet functions.
    """

    values: dict[str, CellValue]
    failures: dict[str, CellError]
    cached: dict[str, dict[Position, CellValue]] = field(repr=False)
    constants: dict[str, dict[Position, CellValue]] = field(repr=False)

    def unit(self, cell: NamedCell) -> str:
        """Return the unit beside a named cell, which may follow from an input."""
        row, column = cell.position
        unit = self.cached[cell.sheet].get((row, column + 1), cell.unit)
        return unit if isinstance(unit, str) else ""

    def explain(self, name: str) -> str:
        """Return the reason for an error in a named cell."""
        value = self.values[name]
        code = value.code if isinstance(value, CellError) else ""
        reasons = [sentence for sentence, error in self.failures.items() if error.code == code]
        return f"{name} is {code}" + (f": {'; '.join(reasons[:3])}" if reasons else "")


class WorkbookModel:
    """A workbook as a function of its named cells.

    Parameters
    ----------
    data : bytes
        An xlsx file.
    name : str
        What to call the file in a sentence.

    Attributes
    ----------
    now : datetime
        The moment of TODAY and NOW, one for all scenarios.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.now = datetime.now().astimezone()
        self.package = Package(data, name)
        self.formulas: dict[str, dict[Position, FormulaCell]] = {}
        for sheet, part in self.package.sheets.items():
            check_markup(self.package.part(part), f"the sheet {sheet}")
            self.formulas[sheet] = formula_cells(self.package.part(part))
        self._names = self._read_names()
        self._lists: dict[str, list[str]] = {}

    @classmethod
    def read(cls, path: Path) -> "WorkbookModel":
        """Read a file."""
        package = Package.read(path)
        return cls(package.data, package.name)

    @functools.cached_property
    def cells(self) -> dict[str, NamedCell]:
        """The named cells, in the order of sheets, rows and columns."""
        engine = self.engine()
        self.calculate(engine)
        styles = {
            sheet: cell_styles(
                self.package.part(part), {p for s, p in self._names.values() if s == sheet}
            )
            for sheet, part in self.package.sheets.items()
        }
        rules = {
            sheet: validations(self.package.part(part))
            for sheet, part in self.package.sheets.items()
        }
        formats, unlocked = self._styles()
        order = list(self.package.sheets)
        found = {}
        for name, (sheet, position) in sorted(
            self._names.items(), key=lambda item: (order.index(item[1][0]), item[1][1])
        ):
            style = styles[sheet].get(position, 0)
            formula = self.formulas[sheet].get(position)
            if formula is not None and _LOGICAL.fullmatch(formula.text):
                formula = None
            row, column = position
            left = (engine.value(sheet, (row, c)) for c in range(column - 1, 0, -1))
            right = engine.value(sheet, (row, column + 1))
            found[name] = NamedCell(
                name=name,
                sheet=sheet,
                position=position,
                value=engine.value(sheet, position),
                is_input=formula is None
                or (formula.kind in {"normal", "shared"} and style in unlocked),
                is_output=formula is not None,
                number_format=formats.get(style, "General"),
                label=next((text for text in left if isinstance(text, str) and text), name),
                unit=right if isinstance(right, str) and len(right) <= 24 else "",
                validation=next((r for r in rules[sheet] if r.covers(position)), None),
            )
        return found

    @property
    def inputs(self) -> dict[str, NamedCell]:
        """The named cells that may be set."""
        return {name: cell for name, cell in self.cells.items() if cell.is_input}

    @property
    def outputs(self) -> dict[str, NamedCell]:
        """The named cells that a formula gives and that may not be set."""
        return {name: cell for name, cell in self.cells.items() if not cell.is_input}

    def cell(self, name: str) -> NamedCell:
        """Return a named cell; names are compared without regard to case, as Excel does."""
        found = self.cells.get(name) or next(
            (cell for key, cell in self.cells.items() if key.lower() == name.lower()), None
        )
        if found is None:
            raise NameNotFoundError(
                f'{self.name} has no named cell "{name}"{suggestion(name, self.cells)}'
            )
        return found

    def input(self, name: str) -> NamedCell:
        """Return a named cell that may be set."""
        found = self.cells.get(name)
        if found is None:
            known = {key.lower() for key in self.cells}
            if name.lower() not in known:
                raise NameNotFoundError(
                    f'{self.name} has no input "{name}"{suggestion(name, self.inputs)}'
                )
            found = self.cell(name)
        if not found.is_input:
            raise NameNotFoundError(
                f"{found.name} cannot be set: {found.place} holds a formula in a locked cell"
            )
        return found

    def convert(self, name: str, value: object) -> CellValue:
        """Return a value as a named input takes it, checked against the cell's validation.

        Parameters
        ----------
        name : str
            Name of the input.
        value : object
            A number, TRUE or FALSE, or a text. Where the cell holds a number, a text is read as
            one: 175e9, 1,000 or 46.2%.
        """
        cell = self.input(name)
        converted = _convert(cell, value)
        rule = cell.validation
        if rule is not None and rule.strict and converted is not None:
            self._check(cell, rule, converted)
        return converted

    def converter(self, name: str) -> Callable[[object], CellValue]:
        """Return `convert` of one input, for lists: numbers as programs write them go fast."""
        cell = self.input(name)
        rule = cell.validation
        slow = functools.partial(self.convert, name)
        least, most = -sys.float_info.max, sys.float_info.max
        if rule is not None and rule.strict:
            if (rule.kind, rule.operator) != ("decimal", "between") or not rule.bounds:
                return slow
            least, most = max(least, rule.bounds[0]), min(most, rule.bounds[-1])
        if type(cell.value) is not float:
            return slow

        def convert(value: object) -> CellValue:
            if type(value) is str and not value.strip(_PLAIN):
                try:
                    number = float(value)
                except ValueError:
                    return slow(value)
                if least <= number <= most:
                    return number
            return slow(value)

        return convert

    def evaluate(self, settings: Mapping[str, object] | None = None) -> Evaluation:
        """Calculate the workbook for some inputs.

        Parameters
        ----------
        settings : Mapping[str, object], optional
            Values of inputs by name; the others keep the workbook's own.
        """
        constants: dict[str, dict[Position, CellValue]] = {}
        for name, value in (settings or {}).items():
            cell = self.input(name)
            values = constants.setdefault(cell.sheet, {})
            if cell.position in values:
                raise InputValueError(f"{cell.name} is set twice: {cell.place} has two names")
            values[cell.position] = self.convert(name, value)
        engine = self.engine()
        for sheet, values in constants.items():
            for position, constant in values.items():
                engine.set_value(sheet, position, constant)
        cached = {
            sheet: {
                place: _shown(self.formulas[sheet][place]) if value is None else value
                for place, value in values.items()
                if place not in constants.get(sheet, {})
            }
            for sheet, values in self.calculate(engine).items()
        }
        named = {
            name: engine.value(sheet, position) for name, (sheet, position) in self._names.items()
        }
        return Evaluation(named, dict(engine.failures), cached, constants)

    def calculate(self, engine: Engine) -> dict[str, dict[Position, CellValue]]:
        """Calculate the workbook in an engine, and return the values of its formula cells."""
        places = {
            sheet: [place for place, cell in formulas.items() if cell.kind != "dataTable"]
            for sheet, formulas in self.formulas.items()
        }
        return engine.calculate_cells(places, self._arrays)

    @functools.cached_property
    def _arrays(self) -> set[tuple[str, Position]]:
        """The cells of array formulas, which have their formula in common."""
        return {
            (sheet, position)
            for sheet, formulas in self.formulas.items()
            for position, cell in formulas.items()
            if cell.kind in {"array", "spill"}
        }

    def to_bytes(self, evaluation: Evaluation) -> bytes:
        """Return the workbook with the values of an evaluation, everything else as it was.

        But charts lose the points that they keep, which would show the old values.
        """
        package = Package(self.package.data, self.name)
        changed = False
        for sheet, part in package.sheets.items():
            constants = evaluation.constants.get(sheet, {})
            formulas = self.formulas[sheet]
            cached = {
                position: value
                for position, value in evaluation.cached[sheet].items()
                if not same(formulas[position].value, value)
            }
            if cached or constants:
                package.replace(part, write_cells(package.part(part), cached, constants))
                changed = True
            if constants.keys() & self.formulas[sheet].keys():
                package.drop_calculation_chain()
        if changed:
            package.drop_chart_caches()
        return package.to_bytes()

    def recalculated(self) -> bytes:
        """Return the workbook with fresh values behind its formulas.

        Raises
        ------
        WorkbookError
            If the workbook uses a function that the engine does not know, or a value would turn
            into an error that none of our functions explains: the engine has its limits, and a
            good value is not given up for them.
        """
        self._refuse_unknown_functions()
        evaluation = self.evaluate()
        self.refuse_spoilt(evaluation)
        return self.to_bytes(evaluation)

    def refuse_spoilt(self, evaluation: Evaluation, codes: Collection[str] | None = None) -> None:
        """Refuse values that would turn into an error that none of our functions explains.

        Only errors of these `codes` count, if they are given.
        """
        explained = {error.code for error in evaluation.failures.values()}
        for sheet, values in evaluation.cached.items():
            for position, value in values.items():
                if type(value) is not CellError or value.code in explained:
                    continue
                old = self.formulas[sheet][position].value
                if (
                    (codes is None or value.code in codes)
                    and old is not None
                    and not isinstance(old, CellError)
                ):
                    raise WorkbookError(
                        f"{sheet}!{cell_name(position)} in {self.name} would turn from {old} into "
                        f"{value.code}: xlcalc cannot calculate "
                        f"={self.formula_text(sheet, position) or '(the formula of another cell)'}"
                    )

    def _refuse_unknown_functions(self) -> None:
        names: set[str] = set()
        for formulas in self.formulas.values():
            names.update(_called("\n".join(formula.text for formula in formulas.values())))
        unknown = unknown_functions(names)
        for sheet, formulas in self.formulas.items() if unknown else ():
            for position, formula in formulas.items():
                for name in sorted(unknown & _called(formula.text)):
                    raise WorkbookError(
                        f"{sheet}!{cell_name(position)} in {self.name} uses {name}, a function "
                        "that xlcalc does not know"
                    )

    def formula_text(self, sheet: str, position: Position) -> str:
        """Return the formula of a cell, a shared one as it stands in this cell."""
        cell = self.formulas[sheet][position]
        shared = self._shared.get((sheet, cell.group)) if cell.kind == "shared" else None
        if cell.text or shared is None:
            return cell.text
        return str(shared.translate_formula(cell_name(position))).removeprefix("=")

    @functools.cached_property
    def _shared(self) -> dict[tuple[str, str], Translator]:
        """What moves each shared formula to its other cells, by sheet and group."""
        return {
            (sheet, cell.group): Translator(f"={cell.text}", cell_name(position))
            for sheet, formulas in self.formulas.items()
            for position, cell in formulas.items()
            if cell.kind == "shared" and cell.text
        }

    @functools.cached_property
    def areas(self) -> dict[str, Position]:
        """The last row and column that each sheet uses."""
        return {
            sheet: last_cell(self.package.part(part)) for sheet, part in self.package.sheets.items()
        }

    @functools.cached_property
    def _calculable(self) -> bytes:
        """The file without the cached values that stand in the way of array formulas."""
        package = Package(self.package.data, self.name)
        for sheet, formulas in self.formulas.items():
            emptied: dict[Position, CellValue] = {
                position: None for position, cell in formulas.items() if cell.kind == "spill"
            }
            if emptied:
                part = package.sheets[sheet]
                package.replace(part, write_cells(package.part(part), emptied, {}))
        return package.to_bytes()

    def engine(self) -> Engine:
        """Return the workbook in an engine of its own, which has still to calculate it."""
        engine = Engine(self._calculable, self.name)
        engine.set_clock(self.now)
        for sheet, formulas in self.formulas.items():
            texts = "\n".join(formula.text for formula in formulas.values())
            engine.know_add_in(texts)
            omitting = {}
            if may_omit(texts):  # few workbooks have one; then look at each
                omitting = {place: cell for place, cell in formulas.items() if may_omit(cell.text)}
            groups = {cell.group for cell in omitting.values()} - {""}
            for position, formula in formulas.items():
                if formula.kind == "dataTable":
                    if not isinstance(formula.value, CellError):
                        engine.set_value(sheet, position, formula.value)
                elif position in omitting or formula.group in groups:
                    engine.mark_omitted(sheet, position)
        return engine

    @functools.cached_property
    def defined_names(self) -> dict[tuple[str | None, str], str]:
        """What each name stands for, by the sheet that it holds on, if on one, and in lower case.

        The order is the file's; hidden names and those of Excel itself are left out.
        """
        return {(sheet, name.lower()): text for sheet, name, text in self._listed_names()}

    def _listed_names(self) -> Iterator[tuple[str | None, str, str]]:
        root = self.package.xml(self.package.workbook_part)
        tabs = [e.get("name", "") for e in root.iter() if e.tag.rpartition("}")[2] == "sheet"]
        for element in root.iter():
            if element.tag.rpartition("}")[2] != "definedName":
                continue
            name = element.get("name", "")
            if name.startswith("_xlnm.") or element.get("hidden") in {"1", "true"}:
                continue
            scope = element.get("localSheetId")
            if scope is not None and (not scope.isdecimal() or int(scope) >= len(tabs)):
                raise WorkbookError(f'{self.name} has a name "{name}" of no sheet')
            yield None if scope is None else tabs[int(scope)], name, (element.text or "").strip()

    def _read_names(self) -> dict[str, tuple[str, Position]]:
        """Return the names of single cells.

        A name of one sheet only keeps its plain form if no other cell has it; else it is written
        Sheet!name.
        """
        found: dict[str, tuple[str, Position]] = {}
        local: dict[str, list[tuple[str, tuple[str, Position]]]] = {}
        for tab, name, text in self._listed_names():
            target = _CELL_REFERENCE.fullmatch(text)
            if target is None:
                continue
            sheet = target[1].replace("''", "'") if target[1] else target[2]
            position = cell_position(target[3])
            if sheet in self.package.sheets and position:
                if tab is None:
                    found[name] = (sheet, position)
                else:
                    local.setdefault(name, []).append((tab, (sheet, position)))
        for name, places in local.items():
            alone = len(places) == 1 and name not in found
            for tab, place in places:
                found[name if alone else f"{tab}!{name}"] = place
        return found

    def _styles(self) -> tuple[dict[int, str], set[int]]:
        """Return the number format of each style, and the styles of unlocked cells."""
        formats: dict[int, str] = {}
        unlocked: set[int] = set()
        part = next(
            (
                target
                for kind, target in self.package.relations(self.package.workbook_part).values()
                if kind == "styles"
            ),
            None,
        )
        if part is None:
            return formats, unlocked
        root = self.package.xml(part)
        space = root.tag.removesuffix("styleSheet")
        codes = dict(BUILTIN_FORMATS)
        for element in root.iter(f"{space}numFmt"):
            codes[_style_number(element.get("numFmtId"))] = element.get("formatCode", "General")
        for index, style in enumerate(root.iterfind(f"{space}cellXfs/{space}xf")):
            formats[index] = codes.get(_style_number(style.get("numFmtId")), "General")
            protection = style.find(f"{space}protection")
            if protection is not None and protection.get("locked") in {"0", "false"}:
                unlocked.add(index)
        return formats, unlocked

    def _check(self, cell: NamedCell, rule: Validation, value: CellValue) -> None:
        """Refuse what Excel would refuse; a rule that is itself a formula is left to Excel."""
        if rule.kind == "list":
            if cell.name not in self._lists:
                self._lists[cell.name] = self._list(cell, rule)
            allowed = self._lists[cell.name]
            numbers = {parse_number(entry) for entry in allowed} - {None}
            listed = value in numbers or str(value).lower() in {e.lower() for e in allowed}
            if allowed and not listed:
                shown = f"{value:.15g}" if isinstance(value, float) else str(value)
                hint = suggestion(shown, allowed)
                raise InputValueError(f'{cell.name} must be one of the list, got "{shown}"{hint}')
        elif rule.kind in {"decimal", "whole"}:
            if isinstance(value, bool) or not isinstance(value, float):
                raise InputValueError(f'{cell.name} must be a number, got "{value}"')
            bounds = rule.bounds
            if bounds is None:
                return
            unit = f" {cell.unit}" if cell.unit else ""
            if rule.kind == "whole" and value != int(value):
                raise InputValueError(f"{cell.name} must be a whole number, got {value:.15g}")
            if rule.operator in _COMPARISONS and bounds:
                word, holds = _COMPARISONS[rule.operator]
                if not holds(value, bounds[0]):
                    raise InputValueError(
                        f"{cell.name} must be {word} {bounds[0]:.15g}{unit}, got {value:.15g}"
                    )
            elif len(bounds) == 2:
                inside = bounds[0] <= value <= bounds[1]
                if inside != (rule.operator == "between"):
                    word = "between" if rule.operator == "between" else "not between"
                    domain = f"{word} {bounds[0]:.15g} and {bounds[1]:.15g}"
                    if word == "between" and 0.0 < bounds[0] <= SMALLEST:
                        domain = f"above 0 and at most {bounds[1]:.15g}"
                    raise InputValueError(f"{cell.name} must be {domain}{unit}, got {value:.15g}")

    def _list(self, cell: NamedCell, rule: Validation) -> list[str]:
        """Return the entries of a list, typed out or in a range; nothing where it is a formula."""
        formula = rule.formulas[0] if rule.formulas else ""
        if formula.startswith('"'):
            return [entry.strip() for entry in formula.strip('"').split(",")]
        target = _RANGE_REFERENCE.fullmatch(formula)
        if target is None:
            return []
        sheet = target[1].replace("''", "'") if target[1] else target[2] or cell.sheet
        left, top, right, bottom = range_boundaries(target[3])
        engine = self.engine()
        engine.calculate()
        entries = (
            engine.value(sheet, (row, column))
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        )
        return [str(entry) for entry in entries if entry is not None]


def _called(formulas: str) -> set[str]:
    """Return the names of the functions that formulas call."""
    return set(_CALL.findall(_QUOTED.sub("", formulas)))


def parse_number(text: str) -> float | None:
    """Return the number that a person wrote, as 175e9, 1,000 or 46.2%, or None."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not any(character.isdigit() for character in found["digits"]):
        return None
    number = float(found["digits"].replace(",", ""))
    if not math.isfinite(number):
        return None
    return number / 100.0 if found["percent"] else number


def _convert(cell: NamedCell, value: object) -> CellValue:
    if value is None:
        return None
    if isinstance(value, datetime):
        return float(to_excel(value.replace(tzinfo=None)))  # cells know the clock, but no zones
    if isinstance(value, date):
        return float(to_excel(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _convert_number(cell, value)
    text = str(value).strip()
    if isinstance(cell.value, bool):
        if isinstance(value, bool) or text.upper() in {"TRUE", "FALSE", "1", "0"}:
            return text.upper() in {"TRUE", "1"}
        raise InputValueError(f'{cell.name} must be TRUE or FALSE, got "{text}"')
    if isinstance(cell.value, str):
        return str(value)
    number = None if isinstance(value, bool) else parse_number(text)
    if number is None and is_date_format(cell.number_format):
        with contextlib.suppress(ValueError):
            number = float(to_excel(datetime.fromisoformat(text)))
    if number is None and (isinstance(cell.value, float) or isinstance(value, bool)):
        what = "a date" if is_date_format(cell.number_format) else "a number"
        raise InputValueError(f'{cell.name} must be {what}, got "{text}"')
    return str(value) if number is None else number


def _convert_number(cell: NamedCell, value: float) -> CellValue:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputValueError(f"{cell.name} must be a finite number, got {value!s:.40}")
    if isinstance(cell.value, bool):
        if number in {0.0, 1.0}:
            return number == 1.0
        raise InputValueError(f"{cell.name} must be TRUE or FALSE, got {number:.15g}")
    return f"{number:.15g}" if isinstance(cell.value, str) else number


def _style_number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _shown(formula: FormulaCell) -> CellValue:
    """Return what a formula cell without a value caches: where it points at an empty one, zero."""
    return None if formula.kind == "spill" else 0.0
