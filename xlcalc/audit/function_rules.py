"""Which functions of a workbook are gone, new, unknown, volatile, or get a number of another unit?

What a formula calls is looked up in the tables of Excel's functions, in those of this package and
its plugins, and in the workbook's own names.
"""

import functools
from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, Range, named
from xlcalc.calc.arguments import bounds
from xlcalc.calc.dependents import Place
from xlcalc.calc.named_cells import MAX_UNIT_LENGTH
from xlcalc.calc.verification import VOLATILE
from xlcalc.formula_text import Call, bare_name, called_functions
from xlcalc.hosts.doctor.excel_versions import first_version, lacks_prefix, newer
from xlcalc.quantities import Quantity
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import spec_of

_RETIRED = {"COPILOT", "__XLUDF.DUMMYFUNCTION"}
_KNOWN_EVERYWHERE = "2019"
# fmt: off
_NOT_IN_LIBREOFFICE = {
    "LAMBDA", "MAP", "REDUCE", "SCAN", "BYROW", "BYCOL", "MAKEARRAY", "ISOMITTED", "GROUPBY",
    "PIVOTBY", "PERCENTOF", "STOCKHISTORY", "FIELDVALUE", "IMAGE", "PY", "TRANSLATE",
    "DETECTLANGUAGE", "REGEXTEST", "REGEXEXTRACT", "REGEXREPLACE", "CUBEVALUE", "CUBEMEMBER",
    "CUBESET", "CUBESETCOUNT", "CUBERANKEDMEMBER", "CUBEMEMBERPROPERTY", "CUBEKPIMEMBER", "RTD",
}
# fmt: on
"""Functions of Excel that LibreOffice 25.8 does not have.

https://wiki.documentfoundation.org/Feature_Comparison:_LibreOffice_-_Microsoft_Office lists what it
has not; the release notes of 24.8 and 25.8 what it got.
"""
_NO_FUNCTIONS = ("_XLPM.", "_XLOP.", "_XLL.", "_XLDUDF", "_XLFN.SINGLE", "_XLFN.ANCHORARRAY")
"""How the names of parameters, of add-ins and of operators begin in a file."""


def function_findings(book: Audited) -> Iterator[Finding]:
    """Yield functions that some program lacks, and arguments whose unit does not fit."""
    own = {name.upper() for _, name in book.model.defined_names}
    macros = any(name.endswith("vbaProject.bin") for name in book.package.names())
    told: set[tuple[str, str, str]] = set()
    needed: dict[str, Place] = {}
    for place, formula in book.formulas.items():
        if "(" not in formula:
            continue
        sheet, position = place
        key = book.relative[place]
        said = [
            *_by_age(formula),
            *(text for c in book.calls[place] for text in _units(book, place, c)),
        ]
        strange = _strange(formula, own)
        of_add_in = strange if macros else {name for name in strange if name in BY_NAME}
        for name in of_add_in:
            needed.setdefault(name, place)
        if unknown := sorted(strange - of_add_in):
            text = f"{', '.join(unknown)} is no function of Excel or of a known add-in"
            said.append(("unknown-function", text))
        for code, text in said:
            if (code, sheet, key) not in told:
                told.add((code, sheet, key))
                # One finding for all formulas of a sheet that call the same.
                yield Finding(code, sheet, named(position), text, text)
    if needed:
        sheet, position = next(iter(needed.values()))
        names = sorted(needed)
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        text = f"{', '.join(names[:5])}{more} need an add-in or the workbook's macros"
        yield Finding("needs-add-in", sheet, named(position), text, "add-in")


def _by_age(formula: str) -> Iterator[tuple[str, str]]:
    """Yield functions that are volatile, gone, or that other programs do not have."""
    written = called_functions(formula)
    called = {bare_name(name) for name in written}
    if volatile := sorted(called & (VOLATILE | {"OFFSET", "INDIRECT"})):
        yield "volatile", f"{', '.join(volatile)} calculates anew at every change"
    if retired := sorted(called & _RETIRED | {n for n in called if n.startswith("LABS.")}):
        yield "retired-function", f"{', '.join(retired)} does not exist any more"
    younger = {
        name: version
        for name in called
        if (version := first_version(name)) is not None and newer(version, _KNOWN_EVERYWHERE)
    }
    if younger:
        text = ", ".join(f"{name} (Excel {version})" for name, version in sorted(younger.items()))
        yield "new-function", f"{text} shows #NAME? in older versions"
    if missing := sorted(called & _NOT_IN_LIBREOFFICE):
        yield "not-in-libreoffice", f"LibreOffice does not have {', '.join(missing)}"
    if bare := sorted(name.upper() for name in written if lacks_prefix(name)):
        text = f"{', '.join(bare)} stands without _xlfn., and Excel shows #NAME?"
        yield "missing-prefix", text


def _strange(formula: str, own: set[str]) -> set[str]:
    """Return the functions of a formula that are neither Excel's nor LAMBDA names."""
    return {
        name
        for written in called_functions(formula)
        if (name := bare_name(written)) not in bounds()
        and first_version(name) is None
        and not written.upper().startswith(_NO_FUNCTIONS)
        and name not in _RETIRED | own | {"LET"}
        and not name.startswith("LABS.")
    }


def _units(book: Audited, place: Place, call: Call) -> Iterator[tuple[str, str]]:
    """Yield arguments that are a cell whose unit column says another unit than the function's."""
    name = bare_name(call.name)
    if name not in BY_NAME:
        return
    sheet, _ = place
    formula = book.plain[place]
    for number, argument in enumerate(spec_of(BY_NAME[name]).arguments):
        cell = book.argument(sheet, formula, call, number)
        if cell is None or cell.size != (1, 1) or not isinstance(argument.kind, Quantity):
            continue
        said, wanted = _unit_beside(book, cell), argument.kind.unit
        if {said, wanted} <= _known_units() and not _fits(said, wanted):
            text = f"{name} takes {argument.name} in {wanted}, and the cell says {said}"
            yield "unit-misfit", text


def _fits(said: str, wanted: str) -> bool:
    """Whether a unit is another one, or says less of it, as bytes for bytes/sequence."""
    return said == wanted or said.startswith(f"{wanted}/") or wanted.startswith(f"{said}/")


def _unit_beside(book: Audited, cell: Range) -> str:
    value = book.values[cell.sheet].get((cell.top, cell.left + 1))
    return value.strip() if isinstance(value, str) and len(value) <= MAX_UNIT_LENGTH else ""


@functools.cache
def _known_units() -> frozenset[str]:
    """Return the units of all arguments, whose spelling tells one from another."""
    return frozenset(
        argument.kind.unit
        for spec in specs()
        for argument in spec.arguments
        if isinstance(argument.kind, Quantity)
    )
