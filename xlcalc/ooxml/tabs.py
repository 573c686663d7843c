"""How does a workbook get a worksheet more, or one less?"""

import posixpath
import re
from itertools import count

from xlcalc.ooxml.literals import attribute_xml
from xlcalc.ooxml.markup import whole_number
from xlcalc.ooxml.package import Package

MAX_TAB = 31
"""Letters of a tab's name at most."""
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TAB = re.compile(rb"<((?:\w+:)?)sheet\s[^<>]*(?:/>|></\1sheet\s*>)")
_NAME = re.compile(rb"<((?:\w+:)?)definedName\b[^<>]*>[^<]*</\1definedName\s*>")
_LOCAL = re.compile(rb'\slocalSheetId="(\d+)"')
_IN_FRONT = re.compile(rb'(\s(?:activeTab|firstSheet)=")(\d+)(?=")')
_NO_NAMES = re.compile(rb"<((?:\w+:)?)definedNames\s*(?:/>|>\s*</\1definedNames\s*>)")


def tab_names(package: Package) -> list[str]:
    """Return the names of all tabs, those of sheets that hold a chart alone among them."""
    root = package.xml(package.workbook_part)
    return [e.get("name", "") for e in root.iter() if e.tag.rpartition("}")[2] == "sheet"]


def free_tab(package: Package, wanted: str) -> str:
    """Return a name that no sheet has: the wanted one, or that with a number behind it.

    Names of sheets are compared without regard to case, as Excel does.
    """
    taken = {tab.lower() for tab in tab_names(package)}
    numbered = (f"{wanted[: MAX_TAB - len(f' {n}')]} {n}" for n in count(2))
    names = (name for names in ([wanted[:MAX_TAB]], numbered) for name in names)
    return next(name for name in names if name.lower() not in taken)


def add_sheet(package: Package, name: str, data: bytes) -> None:
    """Add a worksheet behind the others.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    name : str
        Name of the tab, which no sheet has yet.
    data : bytes
        The part of the sheet.
    """
    workbook = package.workbook_part
    folder = posixpath.dirname(workbook)
    numbers = (f"{folder}/worksheets/sheet{number}.xml" for number in count(1))
    part = next(free for free in numbers if not package.has(free))
    identity = package.add(part, data, _TYPE, f"{_RELATIONS}/worksheet", workbook)
    taken = map(whole_number, re.findall(rb'\ssheetId="(\d+)"', package.part(workbook)))
    package.insert(
        workbook,
        "sheets",
        f'sheet xmlns:r="{_RELATIONS}" name={attribute_xml(name)} '
        f'sheetId="{max(taken, default=0) + 1}" r:id="{identity}"',
    )


def remove_sheet(package: Package, name: str) -> None:
    """Remove a worksheet, with the names that hold on it alone.

    Parameters
    ----------
    package : Package
        The workbook, which is changed.
    name : str
        Name of the tab.
    """
    workbook, part = package.workbook_part, package.sheets[name]
    relations = package.relations(workbook)
    identity = next(key for key, (_, target) in relations.items() if target == part)
    data = package.part(workbook)
    tabs = [tab[0] for tab in _TAB.finditer(data)]
    gone = next(n for n, tab in enumerate(tabs) if b'"%b"' % identity.encode() in tab)

    def shifted(element: re.Match[bytes]) -> bytes:
        index = _LOCAL.search(element[0])
        if index is None or whole_number(index[1]) < gone:
            return element[0]
        if whole_number(index[1]) == gone:
            return b""
        lower = b' localSheetId="%d"' % (whole_number(index[1]) - 1)
        return element[0].replace(index[0], lower, 1)

    def in_front(found: re.Match[bytes]) -> bytes:
        number = whole_number(found[2])
        return found[1] + b"%d" % max(0, number - (number >= gone))

    data = _IN_FRONT.sub(in_front, data.replace(tabs[gone], b"", 1))
    shorter = _NAME.sub(shifted, data)
    package.replace(workbook, data if shorter == data else _NO_NAMES.sub(b"", shorter))
    package.remove(workbook, identity, part)
