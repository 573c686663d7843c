"""How does a workbook become one whose cells call our functions in Python?

It gets xlwings' VBA and ours, and the sheet `xlwings.conf`; its kind becomes that of a workbook
with macros. Of a person's own workbook every other part keeps its bytes, and modules that are in it
stay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlcalc.errors import WorkbookError
from xlcalc.hosts.windows.code_names import give_code_names
from xlcalc.hosts.windows.conf_sheet import ON_THE_PATH, SHEET, add_conf_sheet
from xlcalc.hosts.windows.installed import Xlwings
from xlcalc.hosts.windows.vba_module import MODULE, OTHER_MODULE, STATUS, module_text
from xlcalc.hosts.windows.vba_project import (
    Module,
    extended_project,
    modules_of,
    new_project,
    references_of,
)
from xlcalc.ooxml.minimal import minimal_workbook
from xlcalc.ooxml.package import Package
from xlcalc.worksheet import Spec

_TYPES = "[Content_Types].xml"
_MACROS = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
# The kinds of a workbook and of a template of one, with macros or without.
_KIND = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.spreadsheetml\.(?:sheet|template)"
    rb"|ms-excel\.(?:sheet|template)\.macroEnabled)\.main\+xml"
)
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
_PROJECT_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_FUNCTION = re.compile(
    r"^[ \t]*(?:Public[ \t]+)?(?:Static[ \t]+)?(?:Function|Sub)[ \t]+(\w+)", re.I | re.M
)
_EXAMPLE = "TRAIN_FLOPS(7E9,1.4E12)"


@dataclass(frozen=True)
class MacroWorkbook:
    """A workbook with our functions.

    Attributes
    ----------
    package : Package
        The workbook.
    module : str
        Our VBA as a file, for those who import it by hand.
    remarks : tuple of str
        What a person should know, a sentence each.
    """

    package: Package
    module: str
    remarks: tuple[str, ...]


def with_functions(
    package: Package, specs: Sequence[Spec], xlwings: Xlwings, interpreter: str | None
) -> MacroWorkbook:
    """Return a copy of a workbook that has our functions as macros.

    Parameters
    ----------
    package : Package
        The workbook, with macros or without.
    specs : sequence of Spec
        The functions.
    xlwings : Xlwings
        The installed xlwings.
    interpreter : str or None
        Path of the python.exe that Excel starts; None for the one that Windows finds.

    Raises
    ------
    WorkbookError
        If it is of a kind that has no macros, is signed, or has functions of the same names.
    """
    package = package.copy()
    name = package.name
    _become_macro_workbook(package)
    part = _project_part(package)
    existing = _modules(package, part) if part else {}
    ours = _our_module(existing, specs, name)
    text = module_text(specs, xlwings.version, ours)
    added = add_conf_sheet(package, interpreter or ON_THE_PATH)
    remarks = []
    if not added:
        remarks.append(
            f"{name} has a sheet {SHEET}, which stays as it is, its interpreter included"
        )
    elif interpreter is None:
        remarks.append(
            "this is not Windows, so Excel will take the Python that it finds; another one is "
            f"written into B1 of the sheet {SHEET}, or given with --interpreter"
        )
    modules = [*_needed(package, part, existing, xlwings), Module(ours, text)]
    try:
        if part:
            package.replace(part, extended_project(package.part(part), modules))
        else:
            project = new_project(give_code_names(package), modules)
            place = f"{package.workbook_part.rpartition('/')[0]}/vbaProject.bin".lstrip("/")
            package.add(place, project, _PROJECT_TYPE, _PROJECT_RELATION, package.workbook_part)
    except WorkbookError as error:
        raise WorkbookError(f"{name}: {error}") from None
    if other := _other_auto_open(existing, ours):
        remarks.append(
            f"{name} has an Auto_Open of its own in {other}: have it call {ours}.Auto_Open, or "
            "Excel does not know the help of the functions"
        )
    return MacroWorkbook(package, text, tuple(remarks))


def start_workbook(name: str) -> Package:
    """Return a workbook without macros that has one call of a function and asks for more."""
    texts = {
        "A1": "The functions of xlcalc",
        "B3": f"={_EXAMPLE}, the FLOP to train 7 billion parameters on 1.4 trillion tokens",
        "A5": "Does Python answer? Enable macros, then press Ctrl+Alt+F9.",
        "A8": "Type = and the name of a function, or take Insert Function (Shift+F3) and the "
        "category xlcalc.",
    }
    cells = {
        place: f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
        for place, text in texts.items()
    }
    cells["A3"] = f'<c r="A3"><f>{_EXAMPLE}</f><v>5.88E+22</v></c>'
    cells["A6"] = f'<c r="A6" t="str"><f>{STATUS}()</f><v>not asked yet</v></c>'
    rows = "".join(
        f'<row r="{row}">{cells.get(f"A{row}", "")}{cells.get(f"B{row}", "")}</row>'
        for row in (1, 3, 5, 6, 8)
    )
    return minimal_workbook("Start", rows, name)


def _become_macro_workbook(package: Package) -> None:
    """Give the workbook the kind of one with macros."""
    if _STRICT in package.part(package.workbook_part)[:2000]:
        raise WorkbookError(
            f"{package.name} is a Strict Open XML workbook, which has no macros; save it as an "
            "Excel Workbook first"
        )
    types = package.part(_TYPES)
    if not _KIND.search(types):
        raise WorkbookError(f"{package.name} is of a kind that cannot have macros")
    package.replace(_TYPES, _KIND.sub(_MACROS, types))


def _project_part(package: Package) -> str | None:
    for kind, target in package.relations(package.workbook_part).values():
        if kind == "vbaProject" and package.has(target):
            if any(
                kind.startswith("vbaProjectSignature")
                for kind, _ in package.relations(target).values()
            ):
                raise WorkbookError(
                    f"{package.name} has signed macros, and a change would break the signature; "
                    "remove it in Excel first"
                )
            return target
    return None


def _modules(package: Package, part: str) -> dict[str, Module]:
    try:
        return modules_of(package.part(part))
    except WorkbookError as error:
        raise WorkbookError(f"{package.name}: {error}") from None


def _our_module(existing: Mapping[str, Module], specs: Sequence[Spec], name: str) -> str:
    """Return the name of our module: xlwings' own unless that has functions of others."""
    names = {spec.name.lower() for spec in specs}
    places = {
        module.name: [found.lower() for found in _FUNCTION.findall(module.source)]
        for module in existing.values()
    }
    ours = MODULE
    if set(places.get(MODULE, ())) - names - {STATUS.lower(), "auto_open"}:
        ours = OTHER_MODULE
    for place, functions in places.items():
        if place.lower() == ours.lower():
            continue
        for function in functions:
            if function in {*names, STATUS.lower()}:
                raise WorkbookError(
                    f"{name} has a macro {function.upper()} in the module {place}; remove it, or "
                    "give it another name"
                )
    return ours


def _needed(
    package: Package, part: str | None, existing: Mapping[str, Module], xlwings: Xlwings
) -> list[Module]:
    """Return xlwings' modules that the workbook lacks, or has of another version."""
    if part and "xlwings" in map(str.lower, references_of(package.part(part))):
        return []  # xlwings' add-in has them
    main, *others = xlwings.modules
    known = {name.lower() for name in existing}
    return [main, *(module for module in others if module.name.lower() not in known)]


def _other_auto_open(existing: Mapping[str, Module], ours: str) -> str | None:
    for module in existing.values():
        functions = map(str.lower, _FUNCTION.findall(module.source))
        if module.name.lower() != ours.lower() and "auto_open" in functions:
            return module.name
    return None
