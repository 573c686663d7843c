"""How does an engine calculate our functions that knows neither Python nor LAMBDA?

Each call becomes a LET in its place, `F(a,b)` becomes `LET(p,a,q,b,body)`: the body is that of the
function's LAMBDA, in which every name gets the number of the call, so that no two are the same. So
`FORWARD_FLOPS(A1,B1)` is stored as

    _xlfn.LET(_xlpm.params__1,A1,_xlpm.tokens__1,B1,IF(ISERROR(_xlpm.params__1),…))

Which arguments are left out is decided here: `IF(ISOMITTED(p),6,…)` becomes `6`. Whether a cell
that an argument names is empty, ISBLANK decides when the formula is calculated.

The LAMBDA names of the workbook itself, `XLC.TRAIN_FLOPS` or a company's own, become LET in place
too, and their own text counts, as it does in Excel. Calls that cannot be written so stay, and are
told by name.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple

from xlcalc.calc.arguments import bounds
from xlcalc.calc.array_arguments import array_names, places_behind, places_of_arrays
from xlcalc.calc.engine import function_of
from xlcalc.calc.lambda_calls import Lambda, lambda_of_function, make_lambda, read_lambda
from xlcalc.formula_text import Call, replace_calls, scanner
from xlcalc.lambdas import LOOKUPS, lookup_names
from xlcalc.ooxml.literals import formula_xml
from xlcalc.ooxml.markup import SHEET_DATA, Position, attributes_of, element, whole_number
from xlcalc.ooxml.names import DefinedName
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import formula_cells
from xlcalc.registry import BY_NAME

_CALLED = re.compile(r"(?<![\w.])([^\W\d][\w.]*+)\(")
_VARIABLE_PREFIXES = ("_XLPM.", "_XLOP.")
_NUMBER = re.compile(r"_(\d+)\b")
# A cell or whole columns that move with the formula, in which the name of a LAMBDA stands.
_RELATIVE = scanner(
    r"((?<![\w.$])(?:[a-z]{1,3}\$?\d+|\$[a-z]{1,3}\d+)(?![\w.(!])|(?<![\w.$])[a-z]{1,3}:[a-z]{1,3}\b)"
)
_FORMULA = re.compile(rb"(<(?:\w+:)?f(?:\s[^<>]*[^<>/])?>)([^<]+)(?=</)")
_DEFINED_NAME = element(b"definedName")
_EMPTY_NAMES = re.compile(rb"<((?:\w+:)?)definedNames\s*>\s*</\1definedNames\s*>")


class Inlined(NamedTuple):
    """A formula without calls of our functions.

    Attributes
    ----------
    text : str
        The formula, as a file stores it.
    left : tuple of str
        The functions whose calls stay, as they are written, each once: ours that need Python or
        got several values or a wrong number of arguments, and those that nobody knows.
    """

    text: str
    left: tuple[str, ...]


@dataclass(frozen=True)
class InlinedPackage:
    """A workbook without calls of our functions.

    Attributes
    ----------
    package : Package
        A copy, in which the LAMBDA names that nothing calls any more are gone.
    left : mapping of str to mapping
        The cells of each sheet with a call that stays, each with the functions.
    left_in_names : mapping of str to tuple
        The names whose formulas have a call that stays, each with the functions.
    """

    package: Package
    left: Mapping[str, Mapping[Position, tuple[str, ...]]]
    left_in_names: Mapping[str, tuple[str, ...]]


def _last_number(formula: str) -> int:
    """Return the highest number that a word ends in behind `_`; 0 where there is none."""
    return max(map(int, _NUMBER.findall(formula)), default=0)


class Inliner:
    """Writes the formulas of a workbook without calls of our functions.

    Parameters
    ----------
    names : sequence of DefinedName
        The names of the workbook, hidden ones too.
    sheet_lookups : bool
        Whether look-ups that Python would do, as `GPU_SPEC(…)`, become look-ups on the workbook's
        own catalogue sheets where it has them. They know no rental prices by provider and only the
        figures that the sheets show. Look-ups of LAMBDA, `XLC.GPU_SPEC(…)`, always do.
    """

    def __init__(self, names: Sequence[DefinedName] = (), *, sheet_lookups: bool = True) -> None:
        self._sheet_lookups = sheet_lookups
        self._texts = {(n.scope, n.name.lower()): n.text for n in names if read_lambda(n.text)}
        self._lambdas: dict[tuple[str | None, str], Lambda | None] = {}
        # What is left in the bodies of LAMBDA names.
        self._left: dict[tuple[str | None, str] | None, tuple[str, ...]] = {}
        self._names = {n.name.lower() for n in names if n.scope is None}
        self._arrays = array_names(
            {n.name: n.text for n in names if (n.scope, n.name.lower()) not in self._texts}
        )
        self._first = _last_number("\n".join(self._texts.values())) + 1
        # The names of functions that Excel knows, as formulas wrote them so far.
        self._known: set[str] = set()

    def inlined(self, formula: str, sheet: str | None = None) -> Inlined:
        """Return a formula with a LET in the place of every call of ours.

        Parameters
        ----------
        formula : str
            A formula as a file stores it, without `=`.
        sheet : str, optional
            The sheet on which it stands, whose own names count first.
        """
        if self._known.issuperset(_CALLED.findall(formula)):
            return Inlined(formula, ())
        left: dict[str, None] = {}
        text, _ = self._written(formula, sheet, left)
        return Inlined(text, tuple(left))

    def _written(self, formula: str, sheet: str | None, left: dict[str, None]) -> tuple[str, bool]:
        """Return a formula with LET in place, and whether one maps; add to what is left."""
        numbers = itertools.count(max(self._first, _last_number(formula) + 1))
        arrays = places_of_arrays(formula, self._arrays)
        maps = False

        def change(call: Call, arguments: list[str]) -> str | None:
            nonlocal arrays, maps
            if self._is_excels(call.name, sheet):
                if arrays:
                    arrays = places_behind(call, formula, arrays)
                return None
            qualified = formula[call.start - 1 : call.start] == "!"
            found = None if qualified else self._find(call.name, len(arguments), sheet)
            several = any(call.start < place < call.end for place in arrays)
            text = None
            if found is not None and not (several and found.maps):
                text = found.in_place(arguments, next(numbers))
            if found is None or text is None:
                left[call.name] = None
                return None
            maps = maps or found.maps
            left.update(dict.fromkeys(self._left.get(self._key(call.name, sheet), ())))
            return text

        return replace_calls(formula, change), maps

    def _is_excels(self, name: str, sheet: str | None) -> bool:
        """Whether a function is one of Excel's own, or a variable that holds a LAMBDA."""
        if name in self._known:
            return True
        upper = name.upper()
        excels = (
            upper.startswith(("_XLFN.", *_VARIABLE_PREFIXES)) or upper in bounds()
        ) and self._key(name, sheet) is None
        if excels:
            self._known.add(name)
        return excels

    def _key(self, name: str, sheet: str | None) -> tuple[str | None, str] | None:
        """Return scope and name of a LAMBDA of the workbook."""
        lower = name.lower()
        return next((key for key in ((sheet, lower), (None, lower)) if key in self._texts), None)

    def _find(self, name: str, count: int, sheet: str | None) -> Lambda | None:
        """Return what a formula calls with so many arguments; None where LET cannot do it."""
        key = self._key(name, sheet)
        if key is not None:
            return self._own(key)
        function, has_lambda_prefix = function_of(name)
        if function not in BY_NAME:
            return None
        if function in LOOKUPS:
            by_provider = function == "RENTAL_PRICE" and count > 1
            on_sheets = has_lambda_prefix or (self._sheet_lookups and not by_provider)
            if not on_sheets or not lookup_names(function) <= self._names:
                return None
        return lambda_of_function(function)

    def _own(self, key: tuple[str | None, str]) -> Lambda | None:
        """Return a LAMBDA of the workbook; None where it calls itself or names a moving cell."""
        if key not in self._lambdas:
            self._lambdas[key] = None  # so that a call of itself inside stays
            parameters, body = read_lambda(self._texts[key]) or ((), "")
            if not any(_RELATIVE.findall(body)):
                left: dict[str, None] = {}
                body, maps = self._written(body, key[0], left)
                if key[1] not in map(str.lower, left):
                    ours = function_of(key[1])[0] in BY_NAME
                    self._lambdas[key] = make_lambda(parameters, body, maps or ours)
                    self._left[key] = tuple(left)
        return self._lambdas[key]


def inlined(formula: str) -> Inlined:
    """Return a formula with a LET in the place of every call of our functions.

    Parameters
    ----------
    formula : str
        A formula as a file stores it, without `=`, of a workbook without names.

    Examples
    --------
    >>> inlined("1+NOSUCH(A1)")
    Inlined(text='1+NOSUCH(A1)', left=('NOSUCH',))
    >>> inlined("KAPLAN_LOSS(A1)").text[:50]
    '_xlfn.LET(_xlpm.params__1,A1,IF(ISERROR(_xlpm.para'
    """
    return Inliner().inlined(formula)


def inline_package(package: Package, *, sheet_lookups: bool = True) -> InlinedPackage:
    """Return a workbook with a LET in the place of every call of our functions.

    Formula cells and names that hold formulas are written anew; rules and charts keep theirs. A
    shared formula is written where it stands, and its other cells follow it.

    Parameters
    ----------
    package : Package
        The workbook, which stays as it is.
    sheet_lookups : bool
        As `Inliner` has it.

    Raises
    ------
    WorkbookError
        If the workbook part or a sheet cannot be read.
    """
    package = package.copy()
    names = list(_name_elements(package))
    inliner = Inliner([name for name, _ in names], sheet_lookups=sheet_lookups)
    left: dict[str, dict[Position, tuple[str, ...]]] = {}
    written: list[str] = []
    for sheet, part in package.sheets.items():
        data, found_left = _inlined_sheet(package.part(part), inliner, sheet, written)
        if found_left:
            left[sheet] = _left_cells(package.part(part), inliner, sheet)
        package.replace(part, data)
    left_in_names = _inline_names(package, names, inliner, written)
    return InlinedPackage(package, left, left_in_names)


def _inlined_sheet(
    data: bytes, inliner: Inliner, sheet: str, written: list[str]
) -> tuple[bytes, bool]:
    """Return a sheet with LET in place, and whether calls stay; add its formulas to a list."""
    cells = SHEET_DATA.search(data)
    if cells is None or cells[3] is None:
        return data, False
    known: dict[bytes, bytes] = {}
    calls_stay = False

    def change(found: re.Match[bytes]) -> bytes:
        nonlocal calls_stay
        head, old = found.groups()
        new = known.get(old)
        if new is None:
            formula = unescape(old.decode())
            text, left = inliner.inlined(formula, sheet)
            calls_stay = calls_stay or bool(left)
            new = known[old] = old if text == formula else formula_xml(text).encode()
            written.append(text)
        return head + new

    rows = _FORMULA.sub(change, cells[3])
    return data[: cells.start(3)] + rows + data[cells.end(3) :], calls_stay


def _left_cells(data: bytes, inliner: Inliner, sheet: str) -> dict[Position, tuple[str, ...]]:
    """Return the cells of a sheet with a call that stays."""
    formulas = formula_cells(data)
    shared = {cell.group: cell.text for cell in formulas.values() if cell.text and cell.group}
    found = {}
    for position, cell in formulas.items():
        text = cell.text or shared.get(cell.group, "")
        if text and (left := inliner.inlined(text, sheet).left):
            found[position] = left
    return found


def _name_elements(package: Package) -> Iterator[tuple[DefinedName, re.Match[bytes]]]:
    """Yield the names of a workbook, hidden ones too, each with its element."""
    tabs: list[str] | None = None
    for found in _DEFINED_NAME.finditer(package.part(package.workbook_part)):
        attributes = attributes_of(found[2])
        scope = attributes.get("localSheetId")
        if scope is not None and tabs is None:
            root = package.xml(package.workbook_part)
            tabs = [e.get("name", "") for e in root.iter() if e.tag.rpartition("}")[2] == "sheet"]
        sheet = scope
        if scope is not None and tabs and scope.isdecimal() and whole_number(scope) < len(tabs):
            sheet = tabs[int(scope)]
        text = unescape((found[3] or b"").decode()).strip()
        yield DefinedName(sheet, attributes.get("name", ""), text), found


def _inline_names(
    package: Package,
    names: list[tuple[DefinedName, re.Match[bytes]]],
    inliner: Inliner,
    written: list[str],
) -> dict[str, tuple[str, ...]]:
    """Write the names that hold formulas anew, and drop the LAMBDA names that nothing calls."""
    data = package.part(package.workbook_part)
    left_in_names = {}
    kept: list[tuple[re.Match[bytes], bytes]] = []
    lambdas: list[tuple[str, str, re.Match[bytes]]] = []
    for (scope, name, text), found in names:
        if read_lambda(text):
            lambdas.append((name.upper(), text, found))
            continue
        new, left = inliner.inlined(text, scope)
        if left:
            left_in_names[name] = left
        written.append(new)
        if new != text:
            start, end = found.start(3) - found.start(), found.end(3) - found.start()
            kept.append((found, found[0][:start] + formula_xml(new).encode() + found[0][end:]))
    # A LAMBDA that another one names is needed as long as that one is.
    formulas = "\n".join(written).upper()
    while called := [entry for entry in lambdas if entry[0] in formulas]:
        lambdas = [entry for entry in lambdas if entry not in called]
        formulas = "\n".join(text for _, text, _ in called).upper()
    kept += [(found, b"") for _, _, found in lambdas]
    pieces, start = [], 0
    for found, element_bytes in sorted(kept, key=lambda entry: entry[0].start()):
        pieces += [data[start : found.start()], element_bytes]
        start = found.end()
    changed = b"".join((*pieces, data[start:]))
    package.replace(package.workbook_part, _EMPTY_NAMES.sub(b"", changed) if lambdas else changed)
    return left_in_names
