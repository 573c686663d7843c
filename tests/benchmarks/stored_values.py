"""Which values does a workbook store: a reader that has nothing in common with xlcalc's own.

`read` takes the bytes of a workbook and gives every cell with its formula and its stored value.
Parts are found through relationships and element names are taken without their namespace, so that
Strict Open XML reads as any other file.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from xml.parsers import expat

from tests.benchmarks.cell_values import Area, CellFailure, Key, Value, area_of, position

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Cell:
    """What stands in a cell. `kind` is "" for a constant, else normal, shared, array, spill …"""

    value: Value = None
    kind: str = ""
    text: str = ""
    ref: str = ""
    master: Key | None = None
    """The cell whose formula this one shares, or spills from."""


@dataclass
class Stored:
    """A workbook: its cells in the file's order, names (by lower case) and tables."""

    sheets: dict[str, str]
    """Name of each worksheet by its name in lower case."""
    parts: dict[str, str]
    """Part of each worksheet by name."""
    cells: dict[Key, Cell] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, tuple[str, Area]] = field(default_factory=dict)
    calculation: dict[str, str] = field(default_factory=dict)


def events(
    data: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str, str], None]
) -> None:
    """Call `start(name, attributes)` and `end(name, text)` for each element, without prefixes."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    texts: list[str] = []

    def on_start(name: str, attributes: dict[str, str]) -> None:
        texts.clear()
        start(name.rpartition(":")[2], attributes)

    def on_end(name: str) -> None:
        end(name.rpartition(":")[2], "".join(texts))
        texts.clear()

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = texts.append
    parser.Parse(data, True)


def _elements(data: bytes, *names: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Give the elements of some names, with their attributes and text."""
    found: list[tuple[str, dict[str, str], str]] = []
    opened: list[dict[str, str]] = []

    def end(name: str, text: str) -> None:
        attributes = opened.pop()
        if name in names:
            found.append((name, attributes, text))

    events(data, lambda _, attributes: opened.append(attributes), end)
    yield from found


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return kind and target of each relationship of a part, by its id."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.NameToInfo:
        return {}
    return {
        one["Id"]: (
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one["Target"])).lstrip("/"),
        )
        for _, one, _ in _elements(archive.read(path), "Relationship")
        if one.get("TargetMode") != "External"
    }


def _texts(data: bytes) -> list[str]:
    """Return the shared strings, without the readings of Japanese words."""
    found: list[list[str]] = []
    phonetic = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        phonetic = phonetic or name == "rPh"
        if name == "si":
            found.append([])

    def end(name: str, text: str) -> None:
        nonlocal phonetic
        if name == "t" and found and not phonetic:
            found[-1].append(text)
        elif name == "rPh":
            phonetic = False

    events(data, start, end)
    return ["".join(pieces) for pieces in found]


def read(data: bytes) -> Stored:
    """Return what a workbook stores.

    Raises
    ------
    Exception
        If the file is no workbook that can be read; the classes are those of zipfile and expat.
    """
    archive = zipfile.ZipFile(io.BytesIO(data))
    main = next(
        target for kind, target in _relations(archive, "").values() if kind == "officeDocument"
    )
    relations = _relations(archive, main)
    stored = Stored({}, {})
    era_1904 = False
    wanted = ("sheet", "definedName", "calcPr", "workbookPr")
    for name, attributes, text in _elements(archive.read(main), *wanted):
        if name == "definedName":
            stored.names.setdefault(attributes["name"].lower(), []).append(text)
        elif name == "calcPr":
            stored.calculation = attributes
        elif name == "workbookPr":
            era_1904 = attributes.get("date1904") in ("1", "true")
        else:
            ids = [value for key, value in attributes.items() if key.endswith(":id")]
            kind, part = relations.get(ids[0] if ids else "", ("", ""))
            if kind == "worksheet" and part in archive.NameToInfo:
                stored.sheets[attributes["name"].lower()] = attributes["name"]
                stored.parts[attributes["name"]] = part
    strings = next((part for kind, part in relations.values() if kind == "sharedStrings"), "")
    shared = _texts(archive.read(strings)) if strings in archive.NameToInfo else []
    for sheet, part in stored.parts.items():
        _Sheet(stored, sheet, shared, era_1904).read(archive.read(part))
        for kind, target in _relations(archive, part).values():
            if kind == "table" and target in archive.NameToInfo:
                for _, table, _ in _elements(archive.read(target), "table"):
                    shown = table.get("displayName") or table.get("name", "")
                    if shown and table.get("ref"):
                        stored.tables[shown.lower()] = (sheet, area_of(table["ref"]))
    return stored


def values_of(data: bytes, cells: Sequence[Key]) -> list[Value]:
    """Return the values that a written workbook stores in some cells."""
    known = read(data).cells
    return [known[key].value if key in known else None for key in cells]


class _Sheet:
    """The reader of one worksheet, which adds its cells to what is stored."""

    def __init__(self, stored: Stored, sheet: str, shared: list[str], era_1904: bool) -> None:
        self.stored, self.sheet, self.shared, self.era_1904 = stored, sheet, shared, era_1904
        self.row, self.column = 0, 0
        self.masters: dict[str, Key] = {}
        self.arrays: list[tuple[Area, Key]] = []
        self.cell: Cell | None = None
        self.attributes: dict[str, str] = {}
        self.formula: dict[str, str] = {}
        self.pieces: list[str] = []
        self.phonetic = False

    def read(self, data: bytes) -> None:
        events(data, self.start, self.end)
        for (left, top, right, bottom), key in self.arrays:
            for row in range(top, min(bottom, top + 100_000) + 1):
                for column in range(left, right + 1):
                    cell = self.stored.cells.get(Key(self.sheet, row, column))
                    # Excel marks the cells of a volatile array by formulas without a text.
                    marked = cell is not None and cell.kind == "normal" and not cell.text
                    if cell is not None and (not cell.kind or marked):
                        cell.kind, cell.master = "spill", key

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            if "r" in attributes:
                self.row, self.column = position(attributes["r"])
            else:
                self.column += 1
            self.cell, self.attributes, self.pieces = Cell(), attributes, []
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
        elif name == "f":
            self.formula = attributes
        elif name == "rPh":
            self.phonetic = True

    def end(self, name: str, text: str) -> None:
        if name == "rPh":
            self.phonetic = False
        if self.cell is None:
            return
        if name == "f":
            self._formula(self.cell, text)
        elif name == "v":
            self.cell.value = self._value(text)
        elif name == "t" and not self.phonetic and self.attributes.get("t") == "inlineStr":
            self.pieces.append(text)
        elif name == "c":
            if self.pieces:
                self.cell.value = _unescaped("".join(self.pieces))
            self.stored.cells[Key(self.sheet, self.row, self.column)] = self.cell
            self.cell = None

    def _formula(self, cell: Cell, text: str) -> None:
        key = Key(self.sheet, self.row, self.column)
        cell.kind, cell.text = self.formula.get("t", "normal"), text
        cell.ref = self.formula.get("ref", "")
        if cell.kind == "shared":
            number = self.formula.get("si", "")
            if text:
                self.masters[number] = key
            else:
                cell.master = self.masters.get(number)
        elif cell.kind == "array" and cell.ref:
            self.arrays.append((area_of(cell.ref), key))

    def _value(self, text: str) -> Value:
        kind = self.attributes.get("t", "n")
        if kind == "s":
            return _unescaped(self.shared[int(text)]) if int(text) < len(self.shared) else None
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return CellFailure(text, newer=text == "#VALUE!" and "vm" in self.attributes)
        if kind == "d":
            return _serial(text, era_1904=self.era_1904)
        if kind == "n":
            return float(text) if text.strip() else None
        return _unescaped(text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _serial(text: str, *, era_1904: bool) -> float:
    """Return the number of a date that is written as in ISO 8601."""
    if ":" in text and "-" not in text:
        moment = datetime.combine(date(1899, 12, 30), time.fromisoformat(text))
        origin = datetime(1899, 12, 30)
    else:
        moment = datetime.fromisoformat(text.removesuffix("Z"))
        origin = datetime(1904, 1, 1) if era_1904 else datetime(1899, 12, 30)
    return (moment - origin).total_seconds() / 86_400
