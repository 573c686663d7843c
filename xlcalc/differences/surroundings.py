"""What changed beside the cells: sheets, names, links, macros, data validations?"""

from collections.abc import Iterator, Sequence

from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.validation_rules import rule_words
from xlcalc.cells import CellError
from xlcalc.contracts.domains import keywords, narrowed
from xlcalc.differences.cells import same_formula
from xlcalc.differences.changes import Change
from xlcalc.differences.formulas import LOST, parted
from xlcalc.differences.gathering import box_name
from xlcalc.differences.moves import Moves
from xlcalc.differences.sides import VISIBLE, Sheet, Side
from xlcalc.ooxml.markup import cell_name
from xlcalc.ooxml.validations import Validation

_STATES = {"hidden": "hidden", "veryHidden": "hidden from the menu as well"}


def sheet_changes(
    pairs: Sequence[tuple[Sheet | None, Sheet | None]],
) -> Iterator[Change]:
    """Yield sheets that came, went, were renamed, hidden or shown."""
    for old, new in pairs:
        if new is None:
            if old is not None:
                yield Change("sheet-removed", old.name, count=len(old.cells))
            continue
        if old is None:
            yield Change("sheet-added", new.name, count=len(new.cells))
            yield from _errors(new)
        elif old.name != new.name:
            yield Change("sheet-renamed", new.name, before=old.name, after=new.name)
        before = old.state if old else VISIBLE
        if new.state != before:
            kind = "sheet-shown" if new.state == VISIBLE else "sheet-hidden"
            if before == "veryHidden" and new.state == "hidden":
                kind = "sheet-shown"
            after = _STATES.get(new.state, new.state)
            yield Change(kind, new.name, before=_STATES.get(before, before), after=after)


def _errors(sheet: Sheet) -> Iterator[Change]:
    """Yield the errors that formulas of a new sheet give, as one difference."""
    found = [p for p in sheet.formulas if isinstance(sheet.values.get(p), CellError)]
    if found:
        first = min(found)
        text = f"={sheet.formulas[first].text}"
        value = sheet.values[first]
        yield Change(
            "error", sheet.name, cell_name(first), after=value, note=text, count=len(found)
        )


def link_changes(old: Side, new: Side) -> Iterator[Change]:
    """Yield files that are linked to, or are not any more, and macros that came or went."""
    for link in dict.fromkeys(new.links):
        if link not in old.links:
            yield Change("external-link", after=link)
    for link in dict.fromkeys(old.links):
        if link not in new.links:
            yield Change("external-link-removed", before=link)
    if new.macros and new.macros != old.macros:
        note = "they are others than before" if old.macros else "the workbook had none"
        yield Change("macros", note=note)
    if old.macros and not new.macros:
        yield Change("macros-removed")


def name_changes(old: Side, new: Side, moves: Moves) -> Iterator[Change]:
    """Yield names that came, went, or stand for something else."""
    there = {}
    for (scope, key), one in old.names.items():
        known = moves.sheets.get(scope) if scope else None
        there[known.new.lower() if known else scope, key] = one
    for place, one in there.items():
        other = new.names.get(place)
        sheet = one.scope or ""
        if other is None:
            yield Change("name", sheet, before=f"={one.text}", name=one.name)
            continue
        followed = moves.formula(parted(one.text), sheet)
        if followed is None or not same_formula(followed, parted(other.text), other.scope or ""):
            before, after = f"={one.text}", f"={other.text}"
            yield Change("name", other.scope or "", before=before, after=after, name=other.name)
            if LOST in other.text and LOST not in one.text:
                yield Change("error", other.scope or "", name=other.name, note=after)
    for place, other in new.names.items():
        if place not in there:
            yield Change("name", other.scope or "", after=f"={other.text}", name=other.name)


def validation_changes(old: Sheet, new: Sheet, moves: Moves, date1904: bool) -> Iterator[Change]:
    """Yield cells whose data validation allows something else."""
    before, after = _rules(old, moves), _rules(new, None)
    left = {area: rule for area, rule in before.items() if area not in after}
    for area, rule in after.items():
        known = before.get(area)
        if known is None:  # a rule that is for a few cells more, or less
            there = next((other for other in left if _overlap(area, other)), None)
            known = None if there is None else left.pop(there)
        if known is None or known[1] != rule[1] or area not in before:
            yield _validation(new, area, known and known[0], rule[0], date1904)
    for area, rule in left.items():
        yield _validation(new, area, rule[0], None, date1904)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether two areas, as top, left, bottom and right, have a cell in common."""
    rows = one[0] <= other[2] and other[0] <= one[2]
    return rows and one[1] <= other[3] and other[1] <= one[3]


def _rules(
    sheet: Sheet, moves: Moves | None
) -> dict[tuple[int, int, int, int], tuple[Validation, tuple[object, ...]]]:
    """Return the rules of a sheet by the cells that they are for now, and what each compares with.

    A rule whose cells are gone is left out.
    """
    found: dict[tuple[int, int, int, int], tuple[Validation, tuple[object, ...]]] = {}
    for rule in sheet.rules:
        formulas = tuple(moves.text(f, sheet.name) if moves else f for f in rule.formulas)
        key = (
            *(rule.kind, rule.operator, rule.strict, rule.warns, rule.allows_blank),
            *(formulas, rule.entries),
        )
        for left, top, right, bottom in rule.boxes:
            box: tuple[int, int, int, int] | None = (top, left, bottom, right)
            if moves is not None:
                here = moves.sheets[sheet.name.lower()]
                rows, columns = here.rows.span(top, bottom), here.columns.span(left, right)
                one = here.blocks.get((top, left)) if (top, left) == (bottom, right) else None
                box = (rows[0], columns[0], rows[1], columns[1]) if rows and columns else None
                box = (*one, *one) if one else box
            if box is not None:
                found[box] = (rule, key)
    return found


def _validation(
    sheet: Sheet,
    area: tuple[int, int, int, int],
    old: Validation | None,
    new: Validation | None,
    date1904: bool,
) -> Change:
    """Return the difference of two rules of some cells, and whether more or less is allowed now."""
    cell = NamedCell(
        name="",
        sheet=sheet.name,
        position=area[:2],
        value=sheet.values.get(area[:2]),
        is_input=True,
        is_output=False,
        number_format=sheet.formats.get(area[:2], "General"),
        label=sheet.label(area[:2]),
        unit="",
        date1904=date1904,
    )
    schemas = [
        {} if rule is None or not rule.strict else keywords(cell, rule, rule.entries)
        for rule in (old, new)
    ]
    less, more = narrowed(schemas[0], schemas[1]), narrowed(schemas[1], schemas[0])
    note = {(True, False): "tightened", (False, True): "loosened"}.get((less, more), "")
    if (
        old is not None
        and new is not None
        and not (less or more)
        and _words(cell, old) == _words(cell, new)
    ):
        note = "for other cells"
    return Change(
        "validation",
        sheet.name,
        box_name([area[:2], area[2:]]),
        before=_words(cell, old),
        after=_words(cell, new),
        count=(area[2] - area[0] + 1) * (area[3] - area[1] + 1),
        label=cell.label,
        note=note,
    )


def _words(cell: NamedCell, rule: Validation | None) -> str | None:
    """Return what a rule allows, in words; None for no rule."""
    if rule is None:
        return None
    words = "anything" if rule.kind == "none" else rule_words(cell, rule)
    kinds = {"decimal": "a number ", "date": "", "time": "", "textLength": ""}
    words = f"{kinds.get(rule.kind, '')}{words}"
    blank = " or nothing" if rule.allows_blank and rule.kind != "none" else ""
    how = "" if rule.strict else " (only a warning)" if rule.warns else " (not enforced)"
    return f"{words}{blank}{how}"
