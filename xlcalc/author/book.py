"""What holds for a whole workbook that we author: its language, its named cells, its file."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import canonicalize

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import quote_sheetname
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xlcalc.author import styles
from xlcalc.author.file_parts import (
    STYLES,
    SharedTexts,
    described,
    descriptions,
    ordered_fonts,
)
from xlcalc.formula_text import replace_texts, replace_words, scanner
from xlcalc.ooxml.package import Package
from xlcalc.registry import BY_NAME

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NUMBER_TYPE = re.compile(r'(<c r="[A-Z]+[0-9]+"[^>]*) t="n"')
_DRAWING = re.compile(r"xl/drawings/drawing(\d+)\.xml")
_STAMP_TEXT = "2026-01-01T00:00:00Z"
_TAB = scanner(r"\b((?-i:[A-Z][A-Za-z]+(?: [a-z]+)*))!")
_KEYWORD = re.compile(r"[a-z0-9_.,\-]*|[^A-Za-z]*|[#0,.?%;()_E+ ]*")
"""Literals of a formula that are no words for a reader: names of fields, choices, formats."""


class Texts:
    """The words of a workbook in one language.

    Texts and number formats are written in English and looked up in a table; English itself needs
    none. What a table lacks stays English and is noted in `missing`.

    Parameters
    ----------
    table : mapping of str to str, optional
        The other language's text for each English one.
    language : str, optional
        What the command line calls the language.
    """

    def __init__(self, table: Mapping[str, str] | None = None, language: str = "en") -> None:
        self._table = table
        self.language = language
        self.missing: dict[str, None] = {}
        self.used: set[str] = set()

    def __call__(self, text: str) -> str:
        """Return a text in the language of the workbook."""
        if self._table is None or not re.search("[A-Za-z{]", text):
            return text
        self.used.add(text)
        if not self._table.get(text):
            self.missing[text] = None
            return text
        return self._table[text]

    def if_known(self, text: str) -> str:
        """Return a text in the language of the workbook, or in English if its table lacks it."""
        return self(text) if self._table and self._table.get(text) else text

    def number_format(self, code: str) -> str:
        """Return a number format; it differs only if a language counts in other units."""
        if self._table is None or code not in self._table:
            return code
        self.used.add(code)
        return self._table[code]

    def headline_format(self, code: str) -> str:
        """Return the number format of money on a summary, in the units of its large figures.

        The table has it behind the word "headline", or else the format of cells.
        """
        known = f"headline {code}"
        return self.number_format(known if known in (self._table or {}) else code)

    def axis_format(self, code: str) -> str:
        """Return the number format of an axis, whose large numbers a language may count by others.

        The table has it behind the word "axis", or else the format of cells.
        """
        known = f"axis {code}"
        return self.number_format(known if known in (self._table or {}) else code)

    def formula(self, text: str) -> str:
        """Return a formula with the words that it shows in the language of the workbook."""
        return replace_texts(text, self._literal)

    def _literal(self, literal: str) -> str:
        words = literal[1:-1].replace('""', '"')
        if _KEYWORD.fullmatch(words):
            return literal
        quoted = self(words).replace('"', '""')
        return f'"{quoted}"'


@dataclass(frozen=True)
class Total:
    """A row that adds the rows above it.

    Attributes
    ----------
    label : Cell
        What it is called.
    first, cell, last : Cell
        The first cell of the first row that it adds, and the first and last of its own row.
    """

    label: Cell
    first: Cell
    cell: Cell
    last: Cell

    @property
    def rows(self) -> str:
        """The rows from the first that it adds to its own, as formulas of all sheets write them."""
        return _box(self.first, self.last)

    @property
    def own(self) -> str:
        """Its own row, as formulas of all sheets write it."""
        return _box(self.cell, self.last)


class Book:
    """A workbook that is being authored.

    Excel compares names without regard to case, and the standard forbids a name that is also a
    user-defined function: with a cell named `gpu_days` everywhere, `GPU_DAYS(...)` is no longer a
    call (LibreOffice shows Err:509). Such a name is therefore defined for the first sheet only,
    which holds no calls, and formulas elsewhere point at its cell.

    Parameters
    ----------
    title : str
        Title of the workbook, in English.
    command : str
        The command that makes it.
    texts : Texts, optional
        Its language; English if left out.
    """

    def __init__(self, title: str, command: str, texts: Texts | None = None) -> None:
        self.workbook = Workbook()
        del self.workbook["Sheet"]
        # Programs measure the width of columns in digits of this font.
        self.workbook._fonts = IndexedList([styles.TEXT])
        self.workbook._named_styles["Normal"].font = styles.TEXT
        self.title = title
        self.texts = texts or Texts()
        self._links: dict[str, str] = {}
        self._waiting: list[Callable[[], None]] = []
        self._last: list[Callable[[], None]] = []
        self.quotes: dict[str, Mapping[str, str] | Sequence[str]] = {}
        """Texts of named cells and ranges, which formulas quote: by a key, or in any order."""
        self.totals: list[Total] = []
        """The totals so far, for a check to compare with the rows above them."""
        self.workbook.properties.creator = "xlcalc"
        self.workbook.properties.title = self.texts(title)
        option = "" if self.texts.language == "en" else f" --lang {self.texts.language}"
        self.workbook.properties.description = f"Made by: {command}{option}"

    def sheet(self, tab: str) -> Worksheet:
        """Return a sheet by its English name."""
        return self.workbook[self.texts(tab)]

    def define(self, name: str, sheet: Worksheet, cell: Cell, last: Cell | None = None) -> None:
        """Give a cell or a range a defined name."""
        target = f"{quote_sheetname(sheet.title)}!${cell.column_letter}${cell.row}"
        if last is not None:
            target += f":${last.column_letter}${last.row}"
        names = self.workbook.defined_names
        if name.upper() in BY_NAME:
            names = self.workbook.worksheets[0].defined_names
            self.alias(name, sheet, cell)
        if name in names:
            raise ValueError(f"the name {name} is given twice")
        names[name] = DefinedName(name, attr_text=target)

    def alias(self, word: str, sheet: Worksheet, cell: Cell, last: Cell | None = None) -> None:
        """Let formulas use a word for a cell or a range that has no name."""
        link = f"{quoted(sheet.title)}!${cell.column_letter}${cell.row}"
        self._links[word] = f"{link}:${last.column_letter}${last.row}" if last else link

    def later(self, write: Callable[[], None]) -> None:
        """Write something when all sheets are there: it may use a word of a sheet that follows."""
        self._waiting.append(write)

    def settle(self) -> None:
        """Write what waits for the last sheet."""
        while self._waiting:
            self._waiting.pop(0)()

    def at_end(self, set_up: Callable[[], None]) -> None:
        """Set something up when all cells and charts are there, as the pages in print are."""
        self._last.append(set_up)

    def knows(self, word: str) -> bool:
        """Whether a word is a name of the workbook, or one that formulas alone use."""
        first = self.workbook.worksheets[0].defined_names
        return word in self._links or word in self.workbook.defined_names or word in first

    def formula(self, text: str) -> str:
        """Return a formula on names and English words in the form that its sheet can read."""
        text = _TAB.sub(self._tab, self.texts.formula(text))
        return replace_words(text, lambda word: self._links.get(word, word))

    def _tab(self, found: re.Match[str]) -> str:
        return f"{quoted(self.texts(found[1]))}!" if found[1] else found[0]

    def order(self, tabs: Iterable[str]) -> None:
        """Order the sheets; the first one is shown when the file opens."""
        places = {self.texts(tab): place for place, tab in enumerate(tabs)}
        self.workbook._sheets.sort(key=lambda sheet: places[sheet.title])
        self.workbook.active = 0
        for sheet in self.workbook.worksheets:
            sheet.sheet_view.tabSelected = sheet is self.workbook.worksheets[0]

    def to_package(self, *, canonical: bool = True) -> Package:
        """Return the workbook as the parts of its file, the same at every run.

        openpyxl stamps the time into the properties and the zip, and writes XML in one way with
        lxml and in another without; the times get fixed and the XML canonical. For a workbook that
        is only read, that takes longer than it is worth. Empty cells lose the
        type of a number, for which some programs read a zero. Excel is told to keep the cached
        values: a full calculation at opening would turn every worksheet function into #NAME? where
        the add-in is missing.
        """
        self.settle()
        while self._last:
            self._last.pop(0)()
        self.workbook.calculation.calcId = 191029
        self.workbook.calculation.fullCalcOnLoad = False
        written = io.BytesIO()
        self.workbook.save(written)
        parts: dict[str, bytes] = {}
        shared = SharedTexts()
        said = [
            descriptions(sheet, self.texts) for sheet in self.workbook.worksheets if sheet._charts
        ]
        with zipfile.ZipFile(written) as source:
            for entry in source.infolist():
                text = source.read(entry).decode()
                if entry.filename == "docProps/core.xml":
                    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", _STAMP_TEXT, text)
                if canonical:
                    text = _DECLARATION + canonicalize(text)
                if entry.filename == STYLES:
                    text = ordered_fonts(text)
                elif found := _DRAWING.fullmatch(entry.filename):
                    text = described(text, said[int(found[1]) - 1])
                elif entry.filename.startswith("xl/worksheets/sheet"):
                    text = shared.shared(text)
                parts[entry.filename] = _NUMBER_TYPE.sub(r"\1", text).encode()
        package = Package.of_parts(parts, self.title)
        shared.add_to(package)
        return package

    def to_bytes(self, *, canonical: bool = True) -> bytes:
        """Return the file of the workbook, the same bytes at every run."""
        return self.to_package(canonical=canonical).to_bytes()


def _box(first: Cell, last: Cell) -> str:
    cells = f"${first.column_letter}${first.row}"
    if last is not first:
        cells += f":${last.column_letter}${last.row}"
    return f"{quoted(first.parent.title)}!{cells}"


def quoted(tab: str) -> str:
    """Return the name of a sheet as a formula writes it: in quotes where it needs them."""
    return tab if re.fullmatch(r"[A-Za-z]\w*", tab, re.A) else quote_sheetname(tab)
