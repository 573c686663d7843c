"""How do plain formulas become calls again?

Blocks of workings are read from their live lines, formulas in one piece by what stands in their
COUNT. The sheet of workings goes with its styles, and the file is as it was before.
"""

import re
from collections.abc import Collection, Mapping
from html import unescape

from xlcalc.calc.consensus import calling
from xlcalc.calc.differences import same_value, shown
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.verification import volatile_cells
from xlcalc.errors import DialectError
from xlcalc.formula_text import Call, replace_calls
from xlcalc.native import sheet as workings
from xlcalc.native.formulas import write_formulas
from xlcalc.native.inline import call_of, is_tagged
from xlcalc.native.reading import Workings, workings_sheets
from xlcalc.native.texts import TOKEN, quoted
from xlcalc.ooxml.cell_styles import drop_styles
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.tabs import remove_sheet

_CHECKED = re.compile(
    r"\s*+(.+)!(\$?[A-Z]{1,3}\$?\d+)\s*+=\s*+\"ok\"\s*+", re.IGNORECASE | re.DOTALL
)
_BEGINS = re.compile(r'\s*(?:AND\(\s*)?COUNT\(\s*"', re.IGNORECASE)
_FORMULA = re.compile(rb"<(?:\w+:)?(?:f|formula|formula1|formula2)\b[^<>]*>([^<]+)</")
_WITH_FORMULAS = ("xl/charts/", "xl/tables/", "xl/pivotTables/")
"""Folders of parts that have formulas beside the sheets."""
_NAMED = 3
"""Cells that a sentence names."""
_TAGGED = re.compile(rb'COUNT\(\s*(?:"|&quot;)[A-Z0-9_]+\(')


def is_native(package: Package) -> bool:
    """Whether a workbook has plain formulas in the place of calls of ours."""
    tagged = any(_TAGGED.search(package.part(part)) for part in package.sheets.values())
    return tagged or bool(workings_sheets(package))


def from_native(package: Package) -> tuple[str, ...]:
    """Write calls in the place of the plain formulas of a workbook, if it has any.

    Parameters
    ----------
    package : Package
        The workbook; it is changed.

    Returns
    -------
    tuple of str
        What stays a plain formula because a person changed it, a sentence each.

    Raises
    ------
    DialectError
        If something else reads the sheet of workings, which has to go, or a call gives another
        value than the cell has: it was changed by hand, or copied from another cell.
    """
    if not is_native(package):
        return ()
    tabs = workings_sheets(package)
    model = WorkbookModel(package, package.name)
    back = _WayBack(model, [Workings(model, tab) for tab in tabs])
    made = {sheet: back.formulas(sheet) for sheet in package.sheets if sheet not in tabs}
    for sheet, formulas in made.items():
        write_formulas(package, sheet, formulas, model.formulas[sheet])
    back.refuse_names()
    back.refuse_rules(package, tabs)
    for tab in tabs:
        remove_sheet(package, tab)
    if tabs:
        drop_styles(package, workings.FONTS, workings.FILLS, tuple(workings.STYLES.values()))
    _refuse_other_values(model, package, made)
    return (*back.remarks, *back.changes())


def _refuse_other_values(
    before: WorkbookModel, package: Package, made: Mapping[str, Mapping[Position, str]]
) -> None:
    """Refuse calls that give other values than the formulas in whose place they stand.

    One engine calculates both, so that nothing but the formulas differs. A cell without a value has
    shown nobody another one.
    """
    after = WorkbookModel(package, package.name, before.now)
    old, new = before.evaluate().cached, after.evaluate().cached
    aside = volatile_cells(before, calling(before))
    other = [
        f"{sheet}!{cell_name(position)} is {shown(old[sheet][position])}, and "
        f"={formula.removeprefix('='):.60} would be {shown(new[sheet][position])}"
        for sheet, formulas in made.items()
        for position, formula in formulas.items()
        if before.formulas[sheet][position].value is not None
        and (sheet, position) not in aside
        and not same_value(old[sheet][position], new[sheet][position])
    ]
    if other:
        more = f", and {len(other) - _NAMED} more" if len(other) > _NAMED else ""
        raise DialectError(
            f"{package.name}: {'; '.join(other[:_NAMED])}{more}: a formula or its workings were "
            "changed by hand, or it was copied from another cell, which takes its workings along"
        )


class _WayBack:
    """Writes calls in the place of plain formulas."""

    def __init__(self, model: WorkbookModel, sheets: list[Workings]) -> None:
        self.model = model
        self.sheets = {name: one for one in sheets for name in (f"{one.tab}!", quoted(one.tab))}
        self.remarks: list[str] = []

    def formulas(self, sheet: str) -> dict[Position, str]:
        """Return the formulas of a sheet that become others."""
        made = {}
        for position in self.model.formulas[sheet]:
            old = self.model.formula_text(sheet, position)
            place = f"{sheet}!{cell_name(position)}"
            new = self.formula(old, place)
            if new != old:
                made[position] = new
        shared = {self.model.formulas[sheet][position].group for position in made} - {""}
        for position, cell in self.model.formulas[sheet].items():
            if cell.group in shared and cell.group:
                made.setdefault(position, self.model.formula_text(sheet, position))
        return made

    def formula(self, text: str, place: str) -> str:
        """Return a formula with calls in the place of plain ones."""
        if not is_tagged(text) and not any(tab in text for tab in self.sheets):
            return text

        def change(call: Call, arguments: list[str]) -> str | None:
            if call.name.upper() != "IF" or not arguments:
                return None
            found = _CHECKED.fullmatch(arguments[0])
            workings_ = self.sheets.get(f"{found[1]}!") if found else None
            if found and workings_:
                block = workings_.block_at(found[2], workings_.checks)
                if block is None:
                    return None
                workings_.check_body(block, f"{call.name}({','.join(arguments)})")
                return workings_.call(block)
            if not _BEGINS.match(arguments[0]):
                return None
            whole = f"{call.name}({','.join(arguments)})"
            written = call_of(whole)
            if written is None and is_tagged(whole):
                self.remarks.append(
                    f"{place} stays a plain formula, because it is not as xlcalc wrote it"
                )
            return written

        return TOKEN.sub(lambda found: self.result(found, place), replace_calls(text, change))

    def result(self, found: re.Match[str], place: str) -> str:
        """Return the call in the place of the result of a block."""
        workings_ = self.sheets.get(found["sheet"] or "")
        if workings_ is None:
            return found[0]
        block = workings_.block_at(found["area"] or "", workings_.results)
        if block is None:
            raise DialectError(
                f"{self.model.name}: {place} reads {found[0]}, which is no result of a call; the "
                "sheet of workings cannot go while a formula of yours reads it"
            )
        return workings_.call(block)

    def changes(self) -> list[str]:
        """Return a sentence for each block that a person changed."""
        blocks = {
            (block.place, row): block
            for workings_ in {id(one): one for one in self.sheets.values()}.values()
            for row, block in workings_.changed.items()
        }
        return [
            f"{block.place}: the workings of {block.spec.name} were changed by hand, and the call "
            "that they were made for takes their place"
            for block in blocks.values()
        ]

    def refuse_names(self) -> None:
        """Refuse names that stand for cells of the workings.

        Raises
        ------
        DialectError
            If there is one.
        """
        for _, name, text in defined_names(self.model.package):
            if any(found["sheet"] in self.sheets for found in TOKEN.finditer(text)):
                raise DialectError(
                    f"{self.model.name}: the name {name} stands for {text}; the sheet of workings "
                    "cannot go while a name of yours reads it"
                )

    def refuse_rules(self, package: Package, tabs: Collection[str]) -> None:
        """Refuse rules of sheets, and charts and tables, that read cells of the workings.

        Raises
        ------
        DialectError
            If there is one.
        """
        parts = {part: f"a rule of the sheet {s}" for s, part in package.sheets.items()}
        parts |= {part: part for part in package.names() if part.startswith(_WITH_FORMULAS)}
        own = {package.sheets[tab] for tab in tabs}
        for part, what in parts.items():
            for formula in _FORMULA.findall(package.part(part)) if part not in own else ():
                text = unescape(formula.decode())
                if any(found["sheet"] in self.sheets for found in TOKEN.finditer(text)):
                    raise DialectError(
                        f"{self.model.name}: {what} reads {text:.60}; the sheet of workings cannot "
                        "go while something of yours reads it"
                    )
