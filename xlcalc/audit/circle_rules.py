"""Which cells and sheets follow from themselves, always or under a condition?

A circle that goes through an argument that IF and the like may leave out exists only for some
values of the condition; one that is left when those arguments are taken away exists always.
"""

from collections.abc import Iterator

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.calc.dependents import Dependents, Place
from xlcalc.formula_text import Call, bare_name, replace_calls
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.tables import tables

_CONDITIONAL = {"IF": 1, "IFS": 1, "CHOOSE": 1, "SWITCH": 1, "IFERROR": 1, "IFNA": 1}
"""Functions that leave some arguments uncalculated, and the first of these arguments."""


def circle_findings(book: Audited) -> Iterator[Finding]:
    """Yield cells that follow from themselves, and sheets that read each other."""
    if iteration(book.package) is None:
        places = book.model.dependents.in_circles()
        always = _always(book) if places else set()
        if always:
            yield _circle(book, "circle", always, "follow from themselves")
        elif places:
            text = "follow from themselves for some values of a condition"
            yield _circle(book, "conditional-circle", places, text)
    yield from _sheets(book)


def _circle(book: Audited, code: str, places: set[Place], text: str) -> Finding:
    first, *_ = ordered = sorted(places)
    cells = ", ".join(f"{sheet}!{named(position)}" for sheet, position in ordered[:5])
    more = f" and {len(ordered) - 5} more" if len(ordered) > 5 else ""
    text = (
        f"{cells}{more} {text}"
        if len(ordered) > 1
        else f"{cells} {text}".replace("follow from themselves", "follows from itself")
    )
    return Finding(code, first[0], named(first[1]), text, book.relative.get(first, ""))


def _always(book: Audited) -> set[Place]:
    """Return the cells that follow from themselves whatever the conditions are."""
    model = book.model
    texts = {place: _unconditional(text) for place, text in model.texts.items()}
    package = model.package
    return Dependents(
        texts, list(package.sheets), model.defined_names, tables(package)
    ).in_circles()


def _unconditional(formula: str) -> str:
    """Return a formula without the arguments that need not be calculated.

    Examples
    --------
    >>> _unconditional("IF(A1>0,B1,C1)+D1")
    'IF(A1>0,0,0)+D1'
    """

    def changed(call: Call, arguments: list[str]) -> str | None:
        first = _CONDITIONAL.get(bare_name(call.name))
        if first is None:
            return None
        return f"{call.name}({','.join([*arguments[:first], *['0' for _ in arguments[first:]]])})"

    return replace_calls(formula, changed)


def _sheets(book: Audited) -> Iterator[Finding]:
    """Yield the pairs of sheets of which each reads the other."""
    reads: dict[tuple[str, str], Place] = {}
    known = {sheet.lower(): sheet for sheet in book.values}
    for place, formula in book.formulas.items():
        for found in book.references(place, formula):
            other = known.get(found.sheets.lower())
            if other is not None and other != place[0]:
                reads.setdefault((place[0], other), place)
    for (one, other), place in sorted(reads.items()):
        back = reads.get((other, one))
        if one < other and back is not None:
            text = (
                f"{one} reads {other} in {named(place[1])}, and {other} reads {one} "
                f"in {named(back[1])}"
            )
            yield Finding("sheet-circle", one, "", text, other)
