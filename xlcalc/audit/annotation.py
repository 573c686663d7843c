"""How does a workbook carry its findings at its cells?

A copy gets a comment at each cell with a finding; nothing else of it changes. What concerns a whole
sheet stands at its A1, and what concerns the workbook at A1 of its first sheet.
"""

from collections.abc import Iterable

from xlcalc.audit.findings import Finding
from xlcalc.ooxml.comments import add_comments
from xlcalc.ooxml.markup import Position, cell_position
from xlcalc.ooxml.package import Package

AUTHOR = "xlcalc check"


def annotated(package: Package, findings: Iterable[Finding]) -> tuple[Package, int]:
    """Return a copy with comments, and how many findings are at cells with threaded comments.

    Parameters
    ----------
    package : Package
        The workbook, which stays as it is.
    findings : iterable of Finding
        What is wrong with it. Those at cells with threaded comments, which only Excel writes, get
        no comment.
    """
    made = package.copy()
    first = next(iter(made.sheets))
    texts: dict[str, dict[Position, list[str]]] = {}
    for one in findings:
        sheet = one.sheet if one.sheet in made.sheets else first
        position = cell_position(one.cell) if one.cell and sheet == one.sheet else None
        lines = texts.setdefault(sheet, {}).setdefault(position or (1, 1), [])
        where = f"{one.place}: " if sheet != one.sheet and one.place else ""
        lines.append(f"{one.severity}: {where}{one.sentence} [{one.code}]\n{one.rule.mend}.")
    left = 0
    for sheet, cells in texts.items():
        joined = {position: "\n\n".join(lines) for position, lines in cells.items()}
        for position in add_comments(made, sheet, joined, AUTHOR):
            left += len(cells[position])
    return made, left
