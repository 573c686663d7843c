"""How do modules come into the VBA project of a workbook?

The project is a file of its own format inside the workbook, `vbaProject.bin`. `pyopenvba` makes one
as Excel does for a first macro, or adds modules to one that is there. It sees the project alone, in
a workbook of the least parts, and never the workbook that a person handed over.
"""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xlcalc.errors import UsageError, WorkbookError

if TYPE_CHECKING:
    from pyopenvba import ExcelFile

INSTALL = 'install it with: pip install "xlcalc[excel]"'
PROJECT = "xl/vbaProject.bin"
_TIME = (2026, 1, 1, 0, 0, 0)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True)
class CodeNames:
    """What a VBA project calls the workbook and its sheets.

    Attributes
    ----------
    workbook : str
        Name of the workbook's module.
    sheets : tuple of (str, str)
        The name of each sheet's module, and the kind of the sheet, "worksheet" or "chartsheet", in
        the order of the tabs.
    """

    workbook: str
    sheets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Module:
    """A module of VBA.

    Attributes
    ----------
    name : str
        Its name.
    source : str
        Its lines, the attributes at the head among them.
    is_class : bool
        Whether it is a class.
    """

    name: str
    source: str
    is_class: bool = False


def modules_of(project: bytes) -> dict[str, Module]:
    """Return the modules of a project by name, those of workbook and sheets among them."""
    with _opened(_parts(CodeNames("ThisWorkbook", ()), project)) as file:
        from pyopenvba import VBAModuleKind

        return {
            module.name: Module(
                module.name, module.source, is_class=module.kind is VBAModuleKind.other
            )
            for module in file.vba_project().modules
        }


def references_of(project: bytes) -> set[str]:
    """Return the names of the libraries and add-ins that a project refers to."""
    with _opened(_parts(CodeNames("ThisWorkbook", ()), project)) as file:
        return {reference.name for reference in file.references()}


def new_project(names: CodeNames, modules: Sequence[Module]) -> bytes:
    """Return a project for a workbook that has none, as Excel makes it for a first macro."""
    with _opened(_parts(names, None)) as file:
        file.add_vba_project()
        return _with_modules(file, modules)


def extended_project(project: bytes, modules: Sequence[Module]) -> bytes:
    """Return a project with modules more; one of the same name is replaced.

    Raises
    ------
    WorkbookError
        If the project is protected by a password.
    """
    with _opened(_parts(CodeNames("ThisWorkbook", ()), project)) as file:
        return _with_modules(file, modules)


def _with_modules(file: "ExcelFile", modules: Sequence[Module]) -> bytes:
    from pyopenvba import VBAModuleKind, VBAProjectError

    project = file.vba_project()
    known = {name.casefold(): name for name in project.module_names()}
    for module in modules:
        if module.name.casefold() in known:
            project.delete_module(known[module.name.casefold()])
        kind = VBAModuleKind.other if module.is_class else VBAModuleKind.standard
        project.add_module(module.name, module.source, kind=kind)
    with tempfile.TemporaryDirectory(prefix="xlcalc-") as folder:
        saved = Path(folder) / "saved.xlsm"
        try:
            file.save(saved)
        except VBAProjectError as error:
            raise WorkbookError(f"its VBA project cannot be changed: {error}") from None
        with zipfile.ZipFile(saved) as archive:
            return archive.read(PROJECT)


@contextmanager
def _opened(parts: Mapping[str, bytes]) -> Iterator["ExcelFile"]:
    try:
        from pyopenvba import ExcelFile, PyOpenVBAError
    except ImportError:
        raise UsageError(f"pyopenvba, which writes VBA, is not installed; {INSTALL}") from None
    with tempfile.TemporaryDirectory(prefix="xlcalc-") as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(_zipped(parts))
        try:
            with ExcelFile(path) as file:
                yield file
        except PyOpenVBAError as error:
            raise WorkbookError(f"its VBA project cannot be read: {error}") from None


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), data)
    return target.getvalue()


def _parts(names: CodeNames, project: bytes | None) -> dict[str, bytes]:
    """Return the least workbook with these code names, and with the project if there is one."""
    sheets = list(enumerate(names.sheets, start=1)) or [(1, ("Sheet1", "worksheet"))]
    listed = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId{number}"/>' for number, _ in sheets
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/{kind}" Target="s{number}.xml"/>'
        for number, (_, kind) in sheets
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"></Types>',
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}">'
            f'<workbookPr codeName="{names.workbook}"/><sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        ),
        **{
            f"xl/s{number}.xml": f'<{kind} xmlns="{_MAIN}"><sheetPr codeName="{name}"/></{kind}>'
            for number, (name, kind) in sheets
        },
    }
    encoded = {name: text.encode() for name, text in parts.items()}
    return encoded if project is None else {**encoded, PROJECT: project}
