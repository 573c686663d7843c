"""Which stored values of a workbook are wrong, old, errors, or against a rule of their cell?"""

from collections.abc import Iterator
from itertools import islice

from xlcalc.audit.findings import Finding
from xlcalc.audit.workbook import Audited, named
from xlcalc.calc.dependents import Place
from xlcalc.calc.differences import Verdict, Verification, shown
from xlcalc.calc.named_cells import NamedCell
from xlcalc.calc.validation_rules import literal_operands, refusal
from xlcalc.cells import CellError
from xlcalc.formula_text import calls, replace_texts
from xlcalc.ooxml.validations import validations

_MOST = 10_000
"""Cells of a range among which an error is looked for."""
_HIDING = {"IFERROR", "IFNA"}
_MEANT = {"NA"}
"""A formula that calls NA means its #N/A."""


def value_findings(book: Audited, verification: Verification | None) -> Iterator[Finding]:
    """Yield what is wrong with values: errors, old ones, broken validations."""
    if verification is not None:
        yield from _stored(book, verification)
    yield from _errors(book)
    if verification is not None:
        yield from _validations(book)


def _stored(book: Audited, verification: Verification) -> Iterator[Finding]:
    for difference in verification.differences:
        sheet, position = difference.place
        key = book.relative.get(difference.place, "")
        stored, now = shown(difference.stored), shown(difference.calculated)
        match difference.verdict:
            case Verdict.STALE:
                code, text = "stale-value", f"{stored} is stored, and the formula gives {now}"
            case Verdict.NEW:
                code, text = "never-calculated", "the formula has no value; calculated it is " + now
            case Verdict.UNSURE if difference.stored is None and "#REF!" in difference.formula:
                continue  # a lost reference has no value, which another rule says
            case Verdict.UNSURE:
                code, text = "unconfirmed-value", f"no engine gives the stored {stored}"
            case _:
                continue
        yield Finding(code, sheet, named(position), text, key)
    kept = verification.of(Verdict.KEPT)
    if kept:
        sheet, position = kept[0].place
        text = f"{len(kept)} stored values were not compared: no engine calculates their formulas"
        yield Finding("not-compared", sheet, named(position), text, "kept")


def _errors(book: Audited) -> Iterator[Finding]:
    """Yield the cells where errors begin, those that hide one, and those that read one unseen."""
    if not any(
        isinstance(v, CellError) for values in book.values.values() for v in values.values()
    ):
        return
    for sheet, values in book.values.items():
        for position, value in values.items():
            place = (sheet, position)
            formula = book.formulas.get(place)
            if isinstance(value, CellError):
                called = {call.name.upper() for call in calls(formula or "")}
                lost = "#REF!" in (formula or "")  # which another rule says
                if formula is None or not (
                    lost or called & _MEANT or _reads_error(book, place, ranges=True)
                ):
                    key = book.relative.get(place, book.label(sheet, position))
                    key = replace_texts(key, lambda _: '""')
                    code, text = "error-value", f"{value.code} is shown"
                    if formula is not None and _is_caught(book, place):
                        code, text = "caught-error", f"{text}, and no formula takes it over"
                    yield Finding(code, sheet, named(position), text, key)
            elif formula is not None and _reads_error(book, place):
                hides = {call.name.upper() for call in calls(formula)} & _HIDING
                code = "masked-error" if hides else "second-degree-error"
                what = f"{min(hides)} hides an error" if hides else "it reads a cell with an error"
                yield Finding(code, sheet, named(position), what, book.relative[place])


def _is_caught(book: Audited, place: Place) -> bool:
    """Whether formulas read a cell with an error, and all in the end show none by a condition.

    A cell with an error that nobody reads shows it to a person, and one that IFERROR reads is
    told as such.
    """
    waiting, seen = [place], {place}
    while waiting and len(seen) < _MOST:
        readers = book.model.dependents.readers_in(waiting.pop(), book.formulas)
        if not readers:
            return False
        for reader in readers - seen:
            seen.add(reader)
            if isinstance(book.values[reader[0]].get(reader[1]), CellError):
                waiting.append(reader)
            elif {call.name.upper() for call in book.calls[reader]} & _HIDING:
                return False
    return not waiting


def _reads_error(book: Audited, place: Place, *, ranges: bool = False) -> bool:
    """Whether a formula names a single cell that shows an error, or a range with one."""
    for reference in book.references(place, book.formulas[place]):
        found = book.area(reference, place[0])
        if found is None or (found.size != (1, 1) and not ranges):
            continue
        if any(
            isinstance(value, CellError)
            for position, value in islice(book.filled(found), _MOST)
            if (found.sheet, position) != place
        ):
            return True
    return False


def _validations(book: Audited) -> Iterator[Finding]:
    told: set[Place] = set()
    for cell in book.model.cells.values():
        if cell.value is None or not cell.validations or cell.name not in book.model.inputs:
            continue
        if text := _refused(book, cell):
            told.add((cell.sheet, cell.position))
            yield Finding("outside-validation", cell.sheet, named(cell.position), text, cell.name)
    yield from _unnamed(book, told)


def _unnamed(book: Audited, told: set[Place]) -> Iterator[Finding]:
    """Yield cells without a name against rules that compare with what stands in the rule."""
    for sheet, part in book.package.sheets.items():
        rules = [rule for rule in validations(book.package.part(part)) if rule.literal]
        for position, value in book.constants(sheet).items() if rules else ():
            for rule in rules:
                if rule.covers(position) and rule.strict and (sheet, position) not in told:
                    look = book.number_format(sheet, position)
                    cell = NamedCell(
                        named(position), sheet, position, value, True, False, look, "", "", (rule,)
                    )
                    said = refusal(cell, rule, value, literal_operands(rule))
                    if said is not None:
                        told.add((sheet, position))
                        key = f"{book.label(sheet, position)}|{position[1]}"
                        text = " ".join(said.split())
                        yield Finding("outside-validation", sheet, named(position), text, key)


def _refused(book: Audited, cell: NamedCell) -> str:
    """Return why the rules of a cell refuse its own value; empty if they do not."""
    for rule in cell.validations:
        if rule.literal and (said := refusal(cell, rule, cell.value, literal_operands(rule))):
            return " ".join(said.split())
    refused = book.model.refusal({cell.name: cell.value})
    return " ".join(refused.sentence.split()) if refused is not None else ""
