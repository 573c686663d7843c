"""What does a workbook say of itself once its formulas are gone?

A copy of values looks like the workbook that it was made of, and nothing in it follows from the
inputs any more. So what were inputs is locked, and the description of the file says what it is. A
template's sheets say it too, in the language of the template, and the steps on its cover are those
of a copy. A workbook of a person's own has its sheets as they were.
"""

import functools
import re
from collections.abc import Mapping

from xlcalc.cells import CellValue
from xlcalc.ooxml.cell_styles import add_font_style, lock_styles
from xlcalc.ooxml.edits import write_cells
from xlcalc.ooxml.markup import Position, cell_name, cells_of, value_of
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.properties import COPY_MARK, describe, description, is_copy_of_values
from xlcalc.ooxml.stored_values import SharedTexts

NOTE = (
    f"Copy of values, made by {COPY_MARK}: its figures are numbers, and do not follow from its "
    "inputs any more."
)
LOCKED = (
    "The cells in blue on yellow show what the figures were made of; they are locked, and nothing "
    "follows from them here."
)
TRACED = (
    "Trace a figure: the sheet Sources says where its formula comes from; the formulas themselves "
    "are in the workbook that this is a copy of."
)
WAS_AN_INPUT = "What was an input; it is locked."
WAS_A_FORMULA = "A number that a formula gave, or a figure that belongs to it."
RESULTS, MADE_OF = "The main figures.", "What the figures were made of."
TEXTS = (NOTE, LOCKED, TRACED, WAS_AN_INPUT, WAS_A_FORMULA, RESULTS, MADE_OF)
"""What a copy of values says, and no other workbook."""
COVER, SUMMARY, INPUTS = "Cover", "Summary", "Inputs"
_SUBTITLE: Position = (2, 2)
NOTE_PLACE: Position = (3, 2)
"""The cell of a template's sheet that is free, below its title and what it is for."""
_MADE_BY_US = "Made by: xlcalc template new"
_LANGUAGE = re.compile(r"--lang (\w+)")
_NOTE_FONT = b'<font><b/><sz val="10"/><color rgb="FFB54747"/><name val="Arial"/></font>'


def mark_copy(package: Package) -> None:
    """Lock what were inputs, and say that a workbook is a copy of values."""
    lock_styles(package)
    if is_copy_of_values(package):
        return
    said = description(package)
    language = "en"
    if said.startswith(_MADE_BY_US):
        found = _LANGUAGE.search(said)
        language = found[1] if found else "en"
        _mark_sheets(package, language)
    describe(package, f"{said}\n{words(language)[NOTE]}" if said else words(language)[NOTE])


@functools.cache
def words(language: str) -> Mapping[str, str]:
    """Return what a cover says, with what it says instead in a copy of values.

    Both are in the language; other texts, and the names of sheets, stand for their translations.
    A language that we do not have is English.
    """
    from xlcalc import templates  # slow to import, and few workbooks are templates
    from xlcalc.templates.claims_audit import book as claims_audit
    from xlcalc.templates.multimodal_data import book as multimodal_data
    from xlcalc.templates.parts import front

    texts = templates.texts(language if language in templates.LANGUAGES else "en")
    instead = {
        front.STEPS[0]: LOCKED,
        claims_audit.STEPS[1]: LOCKED,
        multimodal_data.STEPS[0]: LOCKED,
        front.STEPS[3]: TRACED,
        front.AN_INPUT: WAS_AN_INPUT,
        front.A_FORMULA: WAS_A_FORMULA,
    }
    own = {texts(old): texts(new) for old, new in instead.items()}
    return own | {text: texts(text) for text in (NOTE, RESULTS, MADE_OF, COVER, SUMMARY, INPUTS)}


def _mark_sheets(package: Package, language: str) -> None:
    """Put the note below the title of every sheet, and say on the cover what holds now."""
    said = words(language)
    shared = SharedTexts(package)
    style = add_font_style(package, _NOTE_FONT)
    texts = {
        sheet: {place: value_of(cell, shared) for place, cell, _ in cells_of(package.part(part))}
        for sheet, part in package.sheets.items()
    }
    # The cover repeats the line below the title of each sheet.
    instead = dict(said)
    for name, line in ((SUMMARY, RESULTS), (INPUTS, MADE_OF)):
        old = texts.get(said[name], {}).get(_SUBTITLE)
        if isinstance(old, str):
            instead[old] = said[line]
    for sheet, part in package.sheets.items():
        own = texts[sheet]
        changed: dict[Position, CellValue] = {}
        if sheet == said[COVER]:
            changed = {
                place: instead[text]
                for place, text in own.items()
                if isinstance(text, str) and text in instead
            }
        note = _place_of_note(own, invites=sheet in {said[SUMMARY], said[INPUTS]})
        if note is not None:
            changed[note] = said[NOTE]
        if changed:
            written = write_cells(package.part(part), {}, changed)
            package.replace(part, _in_style(written, note, style))


def _place_of_note(texts: Mapping[Position, CellValue], *, invites: bool) -> Position | None:
    """Return the cell for the note on a sheet; none where nothing of its head is free.

    It takes the place of a line that invites the reader to change an input.
    """
    if not isinstance(texts.get(_SUBTITLE), str):
        return None
    if invites:
        return _SUBTITLE
    row = NOTE_PLACE[0]
    taken = any(value is not None for (other, _), value in texts.items() if other == row)
    return None if taken else NOTE_PLACE


def _in_style(data: bytes, position: Position | None, style: int | None) -> bytes:
    """Return a sheet with a style for its note."""
    if position is None or style is None:
        return data
    place = cell_name(position).encode()
    cell = rb'(<(?:\w+:)?c r="%b")(?: s="\d+")?(?= t="inlineStr")' % place
    return re.sub(cell, rb'\1 s="%d"' % style, data, count=1)
