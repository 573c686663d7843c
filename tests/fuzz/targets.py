"""What is tried, and what must hold: a sentence of ours or a right result, and nothing else.

A target takes decisions, makes an input of them and hands it to the product. An exception that is
not `XlcalcError` is a fault, and so is a result that breaks what it asserts.
"""

import contextlib
import csv
import functools
import io
import re
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.fuzz import agreement, making
from tests.workbooks import small_workbook, zipped
from xlcalc._version import __version__
from xlcalc.audit.acceptance import read_acceptances
from xlcalc.calc.array_arguments import may_be_array
from xlcalc.calc.engine import mark_left_out
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.origin import Origin
from xlcalc.calc.readable import readable
from xlcalc.catalogue import reader
from xlcalc.contracts.breaches import read_contract
from xlcalc.dialects import convert_package
from xlcalc.errors import XlcalcError
from xlcalc.formula_text import called_functions, calls, may_leave_out, references, replace_words
from xlcalc.ooxml.calculation import iteration
from xlcalc.ooxml.cell_styles import read_styles
from xlcalc.ooxml.data_tables import what_if_cells
from xlcalc.ooxml.edits import write_cells
from xlcalc.ooxml.names import defined_names, named_places
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.properties import description
from xlcalc.ooxml.reduced import reduced
from xlcalc.ooxml.sheet import check_markup, formula_cells
from xlcalc.ooxml.spills import dynamic_arrays, filled_cells
from xlcalc.ooxml.stored_values import SharedTexts, stored_values, without_stored_values
from xlcalc.ooxml.tables import read_tables
from xlcalc.ooxml.validations import validations
from xlcalc.plain_texts import in_a_line, inert, shortened
from xlcalc.runs.config import load_config
from xlcalc.runs.csv_listing import csv_text
from xlcalc.runs.local_values import local_reader
from xlcalc.runs.manifest import MANIFEST, Manifest
from xlcalc.runs.scenarios import read_scenarios
from xlcalc.runs.stores import Folder

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CELLS = {
    "A1": 1.0,
    "A2": "=A1*2",
    "A3": '="a"&A2',
    "A4": "text",
    "A5": True,
    "A6": "=SUM(A1:A2)",
    "B1": "=GPU_DAYS(A1,2,0.5)",
    "B2": "=IF(A1>0,A2,NA())",
    "B3": 46082,
    "B4": "=1/0",
}
NAMES = {"size": "A1", "twice": "A2", "label": "A4", "day": "B3"}
PIECES = (
    *(b"<", b">", b"/>", b"&", b"&#0;", b"&#x110000;", b"<![CDATA[x]]>", b"<!--", b"-->", b"<?x?>"),
    *(b'r="A0"', b' r="XFE1"', b' t="s"', b' t="d"', b' t="array" ref="A1:XFD1048576"', b' s="-1"'),
    *(b"<f>A1+</f>", b"<v>1e999</v>", b"<v>nan</v>", b"\xff", b"\x00", b' count="99999999999"'),
    *(b'<f t="shared" si="0" ref="A1:A9">A1</f>', b' xmlns="x"', b"<row/>", b"<c/>", b"<a:b>"),
    b"9" * 5000,
)


@functools.cache
def workbook():
    """Return a small workbook with something of each kind."""
    return small_workbook(CELLS, NAMES)


@functools.cache
def _parts():
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@functools.cache
def _model():
    return WorkbookModel(workbook(), "own.xlsx", NOW)


@functools.cache
def _folder():
    """Return a folder in memory, where there is one."""
    memory = Path("/dev/shm")  # noqa: S108  the folder in it is one of its own
    place = memory if memory.is_dir() else None
    return Path(tempfile.mkdtemp(prefix="xlcalc-fuzz-", dir=place))


def _file(name, data):
    path = _folder() / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(errors="surrogatepass"))
    return path


def _encoded(source, text):
    """Return a text in UTF-8, seldom with what is none."""
    return text.encode(errors="surrogatepass" if source.chance(16) else "replace")


def _edited(source):
    """Return a workbook with other bytes in one of its parts, or in the archive."""
    if source.chance(5):
        return making.damaged_bytes(source, workbook())
    parts = dict(_parts())
    name = source.one(sorted(parts))
    parts[name] = making.damaged_bytes(source, parts[name], PIECES)
    return zipped(parts)


def package(source):
    """Read all parts of an edited workbook, and write cells into it."""
    book = Package(_edited(source), "edited.xlsx")
    texts = SharedTexts(book)
    names = defined_names(book)
    named_places(names, book)
    read_styles(book), read_tables(book), iteration(book), description(book), reduced(book)
    for sheet, part in book.sheets.items():
        data = book.part(part)
        check_markup(data, sheet)
        cells = formula_cells(data, texts)
        validations(data), what_if_cells(data), dynamic_arrays(data), filled_cells(data)
        write_cells(data, {}, dict.fromkeys(cells, 1.0))
    stored_values(without_stored_values(book)), stored_values(book)


def conversion(source):
    """Convert an edited workbook to another dialect and back."""
    book = Package(_edited(source), "edited.xlsx")
    there = convert_package(book, source.one(("lambda", "udf", "officejs", "native")))
    convert_package(there.package, "udf")


def calculation(source):
    """Calculate a workbook with a formula, or with edited parts, for two inputs."""
    if source.chance(2):
        model = WorkbookModel(_edited(source), "edited.xlsx", NOW)
    else:
        text = making.formula(source)
        cell = b"<f>" + text.encode(errors="replace").translate(None, b"<>&\0\x07\x1b") + b"</f>"
        parts = dict(_parts())
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<f>SUM(A1:A2)</f>", cell)
        model = WorkbookModel(zipped(parts), "formula.xlsx", NOW)
    for value in (1.0, 2.0):
        with contextlib.suppress(XlcalcError):
            model.evaluate({"size": value})


def recalculation(source):
    """Recalculate sound formulas, or an edited workbook; two engines must give what is stored."""
    if source.chance(4):
        agreement.check(WorkbookModel(_edited(source), "edited.xlsx", NOW))
    else:
        cells = agreement.INPUTS | agreement.formulas(source)
        agreement.check(WorkbookModel(small_workbook(cells), "formulas.xlsx", NOW))


def formula(source):
    """Scan a formula for calls, references, words and places that are left out."""
    text = making.formula(source)
    readable(text), references(text), called_functions(text), may_leave_out(text)
    may_be_array(text, frozenset({"size"})), mark_left_out(text)
    assert text == replace_words(text, lambda word: word)
    for call in calls(text):
        assert text[call.start : call.end]


def scenarios(source):
    """Open a list as CSV, and make a scenario of each row."""
    mark = source.one((",", ";", "\t"))
    heads = ["scenario", "size", source.one(("day", "label", "owner", "sized", "size", ""))]
    rows = [heads]
    for _ in source.some(4):
        row = (
            source.one(making.NUMBERS) if source.chance(2) else making.text(source)
            for _ in range(source.below(2) + 3)
        )
        rows.append([f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row])
    data = _encoded(source, "\n".join(mark.join(row) for row in rows))
    path = _file("list.csv", making.damaged_bytes(source, data) if source.chance(4) else data)
    listed = read_scenarios(path, _model(), source.one((None, "{owner}", "{size:>9}", "{")))
    for one in listed:
        assert one.problem or one.stem
        assert ".." not in one.stem.split("/"), one.stem
        assert not re.search(r'[<>:"|?*\x00-\x1f]', one.stem), one.stem


def workbook_list(source):
    """Open an edited workbook as a list."""
    list(read_scenarios(_file("list.xlsx", _edited_list(source)), _model()))


@functools.cache
def _list_parts():
    cells = {"A1": "scenario", "B1": "size", "C1": "day", "A2": "a", "B2": 2, "C2": 46082}
    with zipfile.ZipFile(io.BytesIO(small_workbook(cells))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _edited_list(source):
    parts = dict(_list_parts())
    name = source.one(sorted(parts))
    parts[name] = making.damaged_bytes(source, parts[name], PIECES)
    return zipped(parts)


def entry(source):
    """Take a text for each input, as a person types it or a list in some locale has it."""
    text = source.one(making.NUMBERS) if source.chance(2) else making.text(source)
    with contextlib.suppress(XlcalcError):
        text = local_reader(source.one(("de", "fr", "ch", "us", "gb")))(text)
    for name in NAMES:
        with contextlib.suppress(XlcalcError):
            _model().read_entry(name, text)


def config(source):
    """Read a configuration."""
    _file("own.xlsx", small_workbook({"A1": 1.0, "A2": "=A1*2"}, {"size": "A1", "twice": "A2"}))
    _file("runs.csv", "scenario,size\na,1\n")
    lines = ['workbook = "own.xlsx"', 'scenarios = "runs.csv"', 'output = "out"']
    values = ("1", '"a"', "[]", '["size"]', "{}", "inf", "nan", "true", "2026-01-01", '"\\u0007"')
    keys = ("title", "columns", "chart", "guards", "labels", "locale", "name_template", "rows")
    lines += [f"{source.one(keys)} = {source.one(values)}" for _ in source.some(3)]
    if source.chance(2):
        bounds = f"{source.one(('at_most', 'at_least', 'most'))} = {source.one(values)}"
        lines.append(f"[guards]\n{source.one(('twice', 'label', 'none'))} = {{ {bounds} }}")
    text = "\n".join(lines)
    load_config(_file("own.toml", making.damaged(source, text) if source.chance(2) else text))


def toml(source):
    """Read the file that accepts findings."""
    text = '[[accept]]\nrule = "hidden-sheet"\nfile = "a*"\nreason = "known"\n'
    read_acceptances(_file("accept.toml", making.damaged(source, text)))


VALUES = (None, True, 5, -1, 1.5, 1e300, "", "a", "../a.xlsx", [], ["a"], {}, {"a": 1}, "written")
LINE = {
    "row": 2,
    "scenario": "a",
    "file": "a.xlsx",
    "inputs_hash": "b",
    "template_hash": "h",
    "version": __version__,
    "status": "written",
    "remark": "",
    "size_crc32": "1-2",
}


def manifest(source):
    """Read a manifest that somebody has edited."""
    lines = []
    for _ in source.some(4):
        line = dict(LINE)
        for _ in source.some(3):
            line[source.one(sorted(LINE))] = source.one(VALUES)
        data = orjson.dumps(line)
        lines.append(making.damaged_bytes(source, data) if source.chance(4) else data)
    _file(MANIFEST, b"\n".join(lines))
    origin = Origin("xlcalc", "formualizer", (), (), 0, ())
    known = Manifest(Folder(_folder()), "h", origin, resume=True)
    for row in range(4):
        result = known.known(row)
        assert result is None or (type(result.file) is str and result.status)


def contract(source):
    """Read a contract."""
    data = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "inputs": {"type": "object", "properties": {"size": {"type": "number"}}},
            "outputs": {"type": "object", "properties": {"twice": source.one(VALUES)}},
        },
    }
    data[source.one(("type", "properties", "required", "$defs"))] = source.one(VALUES)
    made = orjson.dumps(data)
    read_contract(_file("c.json", making.damaged_bytes(source, made) if source.chance(3) else made))


HEADS = ("name", "vendor", "memory_gb", "tdp_w", "year", "notes", "released", "none")


def catalogue(source):
    """Read a team's own catalogue."""
    folder = _folder() / "own"
    folder.mkdir(exist_ok=True)
    heads = list(dict.fromkeys(("id", "source_url", *(source.one(HEADS) for _ in range(3)))))
    rows = [",".join(heads)]
    for _ in source.some(3):
        cells = [
            source.one(making.NUMBERS) if source.chance(2) else making.text(source) for _ in heads
        ]
        rows.append(",".join(f'"{cell.replace(chr(34), "")}"' for cell in cells))
    data = _encoded(source, "\n".join(rows))
    (folder / "accelerators.csv").write_bytes(data)
    reader.read_rows("accelerators.csv", folder)


def texts(source):
    """Show a text of somebody else's in CSV, Markdown and a line."""
    text = making.text(source, 12)
    line = in_a_line(text)
    assert line.isprintable()
    assert len(shortened(text * 9, 50)) < 120
    shown = inert(text)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(?:\\\\)*[<|`\[]", shown), shown
    file = io.StringIO(newline="")
    csv.writer(file).writerow([csv_text(text)])
    for cell in re.split(r"[;\t\r\n]", next(csv.reader([file.getvalue()]), [""])[0]):
        plain = re.fullmatch(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?", cell)
        assert plain or not cell.strip().startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20")), text


TARGETS = {
    target.__name__: target
    for target in (
        *(
            package,
            conversion,
            calculation,
            recalculation,
            formula,
            scenarios,
            workbook_list,
            entry,
            config,
        ),
        *(toml, manifest, contract, catalogue, texts),
    )
}


def attempt(name, data):
    """Try one input; return whether it was refused with a sentence of ours."""
    from tests.fuzz.source import Source

    try:
        TARGETS[name](Source(data))
    except XlcalcError:
        return True
    return False
