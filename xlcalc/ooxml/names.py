"""Which names does a workbook define, and which of them name a single cell?

The names stand in the workbook part: for the whole workbook, or for one sheet only. Hidden names
and those of Excel itself (`_xlnm.…`) are left out.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from xlcalc.errors import WorkbookError
from xlcalc.ooxml.markup import Position, cell_position, whole_number
from xlcalc.ooxml.package import Package

_CELL_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?[0-9]+)")


class DefinedName(NamedTuple):
    """A name of a workbook.

    Attributes
    ----------
    scope : str or None
        The sheet that it holds on; None for the whole workbook.
    name, text : str
        The name, and what it stands for, as `Inputs!$C$7`.
    """

    scope: str | None
    name: str
    text: str


def defined_names(package: Package, *, hidden: bool = False) -> list[DefinedName]:
    """Return the names of a workbook, in the order of the file.

    Parameters
    ----------
    package : Package
        The workbook.
    hidden : bool
        Whether those are wanted as well that no person sees.

    Raises
    ------
    WorkbookError
        If a name is for a sheet that the workbook does not have.
    """
    root = package.xml(package.workbook_part)
    tabs = [e.get("name", "") for e in root.iter() if e.tag.rpartition("}")[2] == "sheet"]
    found = []
    for element in root.iter():
        if element.tag.rpartition("}")[2] != "definedName":
            continue
        name = element.get("name", "")
        unseen = element.get("hidden") in {"1", "true"} and not hidden
        if name.startswith("_xlnm.") or unseen:
            continue
        scope = element.get("localSheetId")
        if scope is not None and not 0 <= whole_number(scope) < len(tabs):
            raise WorkbookError(f'{package.name} has a name "{name}" of no sheet')
        sheet = None if scope is None else tabs[int(scope)]
        found.append(DefinedName(sheet, name, (element.text or "").strip()))
    return found


def named_places(names: Sequence[DefinedName], package: Package) -> dict[str, tuple[str, Position]]:
    """Return sheet and position of each name that stands for a single cell.

    A name of one sheet only keeps its plain form if no other cell has it; else it is written
    Sheet!name.
    """
    found: dict[str, tuple[str, Position]] = {}
    local: dict[str, list[tuple[str, tuple[str, Position]]]] = {}
    for scope, name, text in names:
        target = _CELL_REFERENCE.fullmatch(text)
        if target is None:
            continue
        sheet = target[1].replace("''", "'") if target[1] else target[2]
        position = cell_position(target[3])
        if sheet in package.sheets and position:
            if scope is None:
                found[name] = (sheet, position)
            else:
                local.setdefault(name, []).append((scope, (sheet, position)))
    for name, places in local.items():
        alone = len(places) == 1 and name not in found
        for scope, place in places:
            found[name if alone else f"{scope}!{name}"] = place
    return found
