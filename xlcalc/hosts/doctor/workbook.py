"""Which dialect does a workbook speak, what does its reader need, and where would he see #NAME?

What its formulas call needs a version of Excel, an add-in, or a name of the workbook. Without a
reader, what counts is what no Excel calculates; with one, such as "2016", also what his Excel
lacks, and he has no add-in.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from xlcalc._version import RELEASES
from xlcalc.calc.renamed_calls import renamed_calls
from xlcalc.errors import UsageError
from xlcalc.formula_text import bare_name, called_functions
from xlcalc.hosts.doctor.called import Called, Use, called_in, count
from xlcalc.hosts.doctor.excel_versions import VERSIONS, first_version, lacks_prefix, newer
from xlcalc.hosts.doctor.formulas import Formulas, add_in_settings, formulas_of
from xlcalc.native.way_back import is_native
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.properties import is_copy_of_values
from xlcalc.registry import BY_NAME, current_name, plugin_of
from xlcalc.worksheet import spec_of

_MACROS = ("xl/vbaProject.bin", "xl/macrosheets/")


@dataclass(frozen=True)
class Problem:
    """Something that would not calculate.

    Attributes
    ----------
    kind : str
        "add_in", "newer_excel", "missing_name", "missing_prefix", "unknown_function",
        "other_add_in" or "shows_name_error".
    name : str
        The function or the name.
    place : str
        The first formula with it.
    sentence : str
        What is wrong.
    """

    kind: str
    name: str
    place: str
    sentence: str


@dataclass(frozen=True)
class Diagnosis:
    """What a workbook speaks and needs.

    Attributes
    ----------
    dialects : tuple of str
        The dialects of its calls of ours: "udf", "officejs", "lambda", "native", "values"; none for
        a workbook without them.
    namespaces : tuple of str
        Those of the Office add-ins that it calls.
    functions : mapping of str to Use
        Our functions that it calls, by the names of now.
    since : str
        The first release of xlcalc that knows those of its own; empty where there are none.
    plugins : tuple of str
        The packages and files of others that the rest is from.
    excel : str
        The first version of Excel that knows all of Excel's functions in it, LAMBDA included.
    newest : tuple of str
        Excel's functions that need this version.
    add_in : bool
        Whether its reader needs the xlwings add-in, xlwings Lite or an Office add-in.
    other_add_ins : tuple of str
        Functions that it calls of add-ins or workbooks that are not ours.
    macros : bool
        Whether it carries macros, which may have functions of their own.
    settings : mapping of str to str
        What its own sheet `xlwings.conf` sets for the add-in.
    formulas, without_value : int
        Cells with a formula, and those of them that store no value.
    renamed : tuple of str
        A sentence for each function that it calls by an earlier name.
    problems : tuple of Problem
        What would not calculate.
    """

    dialects: tuple[str, ...]
    namespaces: tuple[str, ...]
    functions: Mapping[str, Use]
    since: str
    plugins: tuple[str, ...]
    excel: str
    newest: tuple[str, ...]
    add_in: bool
    other_add_ins: tuple[str, ...]
    macros: bool
    settings: Mapping[str, str]
    formulas: int
    without_value: int
    renamed: tuple[str, ...]
    problems: tuple[Problem, ...]


def diagnose(package: Package, reader: str | None = None) -> Diagnosis:
    """Return what a workbook speaks and needs, and what would not calculate.

    Parameters
    ----------
    package : Package
        The workbook.
    reader : str, optional
        The version of Excel of a reader without add-ins, one of `VERSIONS`.

    Raises
    ------
    UsageError
        If there is no such version of Excel.
    WorkbookError
        If the workbook cannot be read.
    """
    if reader is not None and reader not in VERSIONS:
        known = ", ".join(VERSIONS)
        raise UsageError(f'a reader has Excel {known}; got "{reader}"')
    formulas = formulas_of(package)
    found = called_in(formulas)
    macros = any(part.startswith(_MACROS) for part in package.names())
    needs = {name: first_version(name) or "365" for name in found.excels}
    inside = {name: _version_of_lambda(name, formulas) for name in found.lambdas}
    excel = max([*needs.values(), *inside.values(), "2007"], key=VERSIONS.index)
    newest = {bare_name(name) for name, version in needs.items() if version == excel}
    newest |= {"LAMBDA" for version in inside.values() if version == excel}
    functions: dict[str, Use] = {}
    for uses in found.ours.values():
        for name, use in uses.items():
            count(functions, current_name(name), use.place, use.formulas)
    problems = _problems(found, needs | inside, reader, macros=macros)
    if formulas.unknown_names:
        problems.append(_shows_name_error(formulas))
    return Diagnosis(
        dialects=_dialects(package, found),
        namespaces=tuple(found.namespaces),
        functions=dict(sorted(functions.items())),
        since=max(
            (spec_of(BY_NAME[name]).since for name in functions if not plugin_of(name)),
            key=RELEASES.index,
            default="",
        ),
        plugins=tuple(sorted({plugin.title for plugin in map(plugin_of, functions) if plugin})),
        excel=excel,
        newest=tuple(sorted(newest)) if excel != "2007" else (),
        add_in=bool(found.cards or found.ours.keys() & {"udf", "officejs"}),
        other_add_ins=tuple(sorted(found.elsewhere)),
        macros=macros,
        settings=add_in_settings(package),
        formulas=formulas.cells,
        without_value=formulas.without_value,
        renamed=tuple(renamed_calls(formula.text for formula in formulas.called)),
        problems=tuple(problems),
    )


def _version_of_lambda(name: str, formulas: Formulas) -> str:
    """Return the first version of Excel that calculates a LAMBDA name."""
    called = called_functions(formulas.lambdas[name])
    excels = [version for function in called if (version := first_version(function))]
    return max([*excels, "2024"], key=VERSIONS.index)


def _dialects(package: Package, found: Called) -> tuple[str, ...]:
    spoken = {*found.ours, *(["officejs"] if found.cards else [])}
    speaks: list[str] = [dialect for dialect in ("udf", "officejs", "lambda") if dialect in spoken]
    if is_native(package):
        speaks.append("native")
    if is_copy_of_values(package):
        speaks.append("values")
    return tuple(speaks)


def _problems(
    found: Called, needs: Mapping[str, str], reader: str | None, *, macros: bool
) -> list[Problem]:
    def all_of(kind: str, uses: Mapping[str, Use], why: Callable[[str], str]) -> Iterator[Problem]:
        for name, use in sorted(uses.items()):
            shown = re.sub(r"^_xlfn\.(_xlws\.)?", "", name, flags=re.IGNORECASE)
            yield Problem(kind, shown, use.place, f"{shown}, {_where(use)}, {why(name)}")

    problems: list[Problem] = []
    if reader is not None:
        for dialect in ("udf", "officejs"):
            uses = found.ours.get(dialect, {}) | (found.cards if dialect == "officejs" else {})
            problems += all_of("add_in", uses, lambda _: "needs the add-in of xlcalc")
        later = {
            name: use
            for name, use in (found.excels | found.lambdas).items()
            if newer(needs[name], reader)
        }
        problems += all_of(
            "newer_excel", later, lambda name: f"needs Excel {needs[name]} and not {reader}"
        )
        problems += all_of("other_add_in", found.elsewhere, lambda _: "is of another add-in")
    without = {name: use for name, use in found.excels.items() if lacks_prefix(name)}
    problems += all_of(
        "missing_name", found.missing, lambda _: "is a name that the workbook does not have"
    )
    problems += all_of(
        "missing_prefix",
        without,
        lambda _: "stands in the file without _xlfn.: it is #NAME? until the cell is entered again",
    )
    if not macros:
        problems += all_of(
            "unknown_function", found.unknown, lambda _: "is a function that Excel does not know"
        )
    return problems


def _where(use: Use) -> str:
    plural = "" if use.formulas == 1 else "s"
    return f"in {use.formulas} formula{plural} from {use.place}"


def _shows_name_error(formulas: Formulas) -> Problem:
    count = formulas.unknown_names
    number = "1 cell shows" if count == 1 else f"{count} cells show"
    place = formulas.first_unknown_name
    return Problem(
        "shows_name_error", "#NAME?", place, f"{number} #NAME? already, the first one {place}"
    )
