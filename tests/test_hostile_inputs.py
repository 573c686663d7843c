"""What a careless or hostile person hands over: the sentence, the status and the memory of each.

A row of the table is a file, the command that gets it, and what it says. The files are made here.
"""

import io
import os
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from tests.workbooks import parts, small_workbook, with_part, zipped
from xlcalc.errors import ScenarioError
from xlcalc.runs import listed_rows

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone limits memory")
CELLS = {"A1": 1.0, "A2": "=A1+1"}
NAMES = {"size": "A1", "total": "A2"}
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTES = 1_100
"""Memory of the command and of each of its processes: a gigabyte, and Python beside it."""


def own():
    return small_workbook(CELLS, NAMES)


def edited(old, new, part=SHEET):
    """Return a workbook with other bytes in a part."""
    changed = parts(own())
    assert old in changed[part]
    changed[part] = changed[part].replace(old, new, 1)
    return zipped(changed)


def lying():
    """Return a workbook one of whose parts says that it is small, and inflates to 300 MB."""
    data = zlib.compressobj(9, wbits=-15)
    body = data.compress(bytes(300_000_000)) + data.flush()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts(own()).items():
            archive.writestr(name, content)
        archive.writestr("xl/large.bin", b"x" * len(body))
    made = target.getvalue()
    method = struct.pack("<H", zipfile.ZIP_DEFLATED)
    stored = b"x" * len(body)
    assert 1 == made.count(stored)
    made = made.replace(stored, body)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        name = made.index(b"xl/large.bin", made.rindex(mark, 0, made.rindex(mark) + 1))
        start = made.rindex(mark, 0, name)
        made = made[: start + at] + method + made[start + at + 2 :]
    return made


def doubled():
    """Return a workbook that has a part twice."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts(own()).items():
            archive.writestr(name, content)
        archive.writestr(SHEET.upper(), b"<worksheet/>")
    return target.getvalue()


def compound(*names):
    """Return the beginning of a compound file that has streams of these names."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entries


def archive(**named):
    return zipped({name.replace("__", "/"): data for name, data in named.items()})


def doubling(rows):
    cells = {"A1": '="abcdefgh"', **{f"A{n}": f"=A{n - 1}&A{n - 1}" for n in range(2, rows)}}
    return small_workbook(cells)


def unclosed(number):
    """Return a workbook whose chart has caches without an end."""
    chart = f"<chartSpace>{'<c:numCache>' * number}</chartSpace>"
    made = parts(with_part(own(), "chart", "chart1.xml", chart))
    made["xl/charts/chart1.xml"] = made.pop("xl/chart1.xml")
    return zipped(made)


def of_list(cells, **named):
    made = parts(small_workbook(cells))
    return zipped(made | {name.replace("__", "/"): data for name, data in named.items()})


SAVE = "open it in Excel or LibreOffice, and save it as .xlsx"
PROTECTED = (
    "it is protected by a password; open it in Excel with the password, take that off (File, Info, "
    "Protect Workbook, Encrypt with Password), and save it"
)
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'
WORKBOOKS = {
    # What is no workbook: what it is, and what to do.
    "empty": (lambda: b"", "{0} is not an xlsx workbook: it is empty"),
    "password": (
        lambda: compound("EncryptionInfo", "EncryptedPackage"),
        f"{{0}} is not an xlsx workbook: {PROTECTED}",
    ),
    "xls": (
        lambda: compound("Workbook"),
        f"{{0}} is not an xlsx workbook: it is in the old .xls format; {SAVE}",
    ),
    "xlsb": (
        lambda: zipped(
            parts(own())
            | {
                "xl/workbook.bin": b"\x83\x01",
                "_rels/.rels": parts(own())["_rels/.rels"].replace(
                    b"workbook.xml", b"workbook.bin"
                ),
            }
        ),
        f"{{0}} is not an xlsx workbook: it is a binary workbook (.xlsb); {SAVE}",
    ),
    "ods": (
        lambda: archive(
            mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
            **{"content.xml": b"<office:document-content/>"},
        ),
        f"{{0}} is not an xlsx workbook: it is a file of OpenDocument, as .ods; {SAVE}",
    ),
    "csv": (
        lambda: b"a;b\n1;2\n",
        f"{{0}} is not an xlsx workbook: it is a text, as a CSV file; {SAVE}",
    ),
    "html": (
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
        "{0} is not an xlsx workbook: it is a page of HTML or XML under the name of a workbook; "
        f"{SAVE}",
    ),
    "zip": (
        lambda: archive(a=b"b"),
        "{0} is not an xlsx workbook: it names no workbook part",
    ),
    "cut": (lambda: own()[:2000], "{0} is not an xlsx workbook: File is not a zip file"),
    # Archives that lie, or that two programs read in two ways.
    "a part twice": (doubled, f"{{0}} is damaged: it has {SHEET} twice"),
    "a document type": (
        lambda: zipped(parts(own()) | {"xl/workbook.xml": ENTITIES}),
        "{0} has a document type in xl/workbook.xml, which no workbook needs",
    ),
    "another encoding": (
        lambda: zipped(
            parts(own()) | {SHEET: b'<?xml version="1.0" encoding="latin-1"?><worksheet/>'}
        ),
        f"{{0}} is damaged in {SHEET}: it is not in UTF-8",
    ),
    "no XML": (
        lambda: zipped(parts(own()) | {"xl/styles.xml": b"<styleSheet>"}),
        "{0} is damaged in xl/styles.xml: no element found: line 1, column 12",
    ),
    "caches without an end": (
        lambda: unclosed(16_000),
        "{0} is damaged in xl/charts/chart1.xml: mismatched tag: line 1, column 192014",
    ),
    # Cells that no sheet has.
    "a row beyond the last": (
        lambda: edited(b'r="A2"', b'r="A9999999"'),
        "a sheet has a cell in row 9,999,999 and column 1, beyond the 1,048,576 rows and "
        "16,384 columns of Excel",
    ),
    "a row that is no number": (
        lambda: edited(b'<row r="1"', b'<row r="abc"'),
        'a sheet has "abc" where a whole number belongs',
    ),
    "a sheet of 5,000 digits": (
        lambda: edited(
            b"<definedNames>",
            b'<definedNames><definedName name="a" localSheetId="%b">1</definedName>'
            % (b"9" * 5000),
            "xl/workbook.xml",
        ),
        None,
    ),
}


MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(done.returncode)
"""
"""Runs a command, and writes the most kilobytes of its processes: of these alone, and of none that
other tests started."""


class Done:
    """What a command said, with its status and the most memory of one of its processes."""

    def __init__(self, *arguments, **options):
        command = [sys.executable, "-m", "xlcalc.cli", *map(str, arguments)]
        with tempfile.NamedTemporaryFile() as file:
            measured = [sys.executable, "-c", MEASURED, file.name, *command]
            done = subprocess.run(measured, capture_output=True, timeout=150, **options)
            self.megabytes = int(file.read()) // 1024
        self.status, self.out = done.returncode, done.stdout.decode()
        self.err = done.stderr.decode()

    def assert_refused(self, sentence=None):
        """Assert that it is one sentence and status 2, within the memory."""
        assert (2, "") == (self.status, self.out)
        assert 1 == self.err.count("\n"), self.err
        assert self.err.startswith("xlcalc: ")
        assert len(self.err) < 1_100
        assert sentence is None or f"xlcalc: {sentence}\n" == self.err
        assert self.megabytes < MEGABYTES


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_hostile_workbook_is_one_sentence_and_status_2(name, tmp_path):
    make, sentence = WORKBOOKS[name]
    file = tmp_path / "own.xlsx"
    file.write_bytes(make())
    done = Done("recalc", file, "-o", tmp_path / "out.xlsx")
    done.assert_refused(sentence.format(file) if sentence else None)
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.slow
def test_a_part_that_says_it_is_small_takes_no_memory(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(lying())
    done = Done("recalc", tmp_path / "own.xlsx")
    done.assert_refused(
        f"{tmp_path / 'own.xlsx'} is not an xlsx workbook: Bad CRC-32 for file 'xl/large.bin'"
    )


def test_a_parquet_list_of_a_few_bytes_that_expands_far_is_one_sentence(tmp_path):
    nothing = pyarrow.nulls(1_000_000, pyarrow.bool_())
    file = tmp_path / "list.parquet"
    parquet.write_table(pyarrow.table({f"c{n}": nothing for n in range(140)}), file)
    assert file.stat().st_size < 300_000
    (tmp_path / "own.xlsx").write_bytes(own())
    done = Done("batch", tmp_path / "own.xlsx", file, "-o", tmp_path / "out")
    done.assert_refused(f"{file} has 1,000,000 rows, which expand to more than 1,073,741,824 bytes")


def test_the_bytes_of_a_parquet_list_are_counted_as_they_come(tmp_path, monkeypatch):
    file = tmp_path / "list.parquet"
    parquet.write_table(pyarrow.table({"label": ["x" * 100] * 5_000}), file)
    assert 5_001 == len(list(listed_rows.rows_of(file)))
    monkeypatch.setattr(listed_rows, "MAX_FILE_BYTES", 450_000)
    with pytest.raises(ScenarioError, match=r"list\.parquet expands to more than 450,000 bytes"):
        list(listed_rows.rows_of(file))


LISTS = {
    "no XML": {SHEET: b"<worksheet><sheetData><row>"},
    "an empty sheet": {SHEET: b""},
    "a document type": {SHEET: ENTITIES},
    "styles with a document type": {"xl/styles.xml": ENTITIES},
    "a row that is no number": {SHEET: b'<row r="abc"><c r="A1"><v>1</v></c></row>'},
    "a number that is none": {SHEET: b'<row r="1"><c r="A1"><v>abc</v></c></row>'},
    "a day that is none": {SHEET: b'<row r="1"><c r="A1" t="d"><v>zzz</v></c></row>'},
    "a shared text that is not there": {SHEET: b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>'},
}
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.slow
@pytest.mark.parametrize("name", LISTS)
def test_a_hostile_list_is_one_sentence_and_status_2(name, tmp_path):
    changed = {
        part: b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (MAIN, data)
        if data.startswith(b"<row")
        else data
        for part, data in LISTS[name].items()
    }
    made = parts(small_workbook({"A1": "scenario", "B1": "size", "A2": "a", "B2": 2}))
    (tmp_path / "list.xlsx").write_bytes(zipped(made | changed))
    (tmp_path / "own.xlsx").write_bytes(own())
    done = Done("batch", tmp_path / "own.xlsx", tmp_path / "list.xlsx", "-o", tmp_path / "out")
    done.assert_refused()
    assert f"{tmp_path / 'list.xlsx'} " in done.err
    assert not (tmp_path / "out").exists()


CONFIGS = {
    "a number of 5,000 digits": ("title = 1" + "0" * 5000, "is not a TOML file: Exceeds the limit"),
    "lists in lists": ("a = " + "[" * 5000 + "]" * 5000, "its lists are too deep"),
    "a path with NUL": ('workbook = "a\\u0000.xlsx"', "no cell and no path can hold"),
    "a title that no cell holds": (
        'workbook = "own.xlsx"\nscenarios = "list.csv"\ntitle = "a\\u0001"',
        "title has a character that no cell and no path can hold",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_a_hostile_configuration_is_one_sentence_and_status_2(name, tmp_path):
    text, words = CONFIGS[name]
    (tmp_path / "own.xlsx").write_bytes(own())
    (tmp_path / "list.csv").write_text("scenario,size\na,1\n")
    (tmp_path / "own.toml").write_text(text)
    done = Done("report", tmp_path / "own.toml", "-o", tmp_path / "out")
    done.assert_refused()
    assert words in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("where", [["recalc"], ["run"], ["report"]])
def test_a_device_is_no_file(where):
    Done(*where, "/dev/zero").assert_refused()


@pytest.fixture
def node(tmp_path):
    """A device that takes all that is written to it."""
    place = tmp_path / "null"
    try:
        os.mknod(place, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("a device can be made by root alone")
    return place


def test_a_device_is_written_to_and_stays_one(node, budget):
    assert 0 == Done("recalc", budget, "-o", node).status
    assert stat.S_ISCHR(node.stat().st_mode)


@pytest.mark.slow
def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(own())
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE)
    assert 0 == Done("recalc", tmp_path / "own.xlsx", "-o", tmp_path / "pipe").status
    assert reader.communicate(timeout=60)[0].startswith(b"PK\x03\x04")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.slow
def test_a_full_device_is_one_sentence(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(own())
    done = Done("recalc", tmp_path / "own.xlsx", "-o", "/dev/full")
    done.assert_refused("cannot write /dev/full: No space left on device")


@pytest.mark.slow
def test_a_read_only_file_stays_as_it_is(tmp_path):
    file = tmp_path / "own.xlsx"
    before = own()
    file.write_bytes(before)
    file.chmod(0o444)
    Done("recalc", file).assert_refused(
        f"cannot write {file}: it is read-only; give another name with -o"
    )
    assert before == file.read_bytes()


@pytest.mark.slow
def test_a_file_of_two_names_stays_one(tmp_path):
    file, other = tmp_path / "own.xlsx", tmp_path / "other.xlsx"
    file.write_bytes(own())
    os.link(file, other)
    Done("recalc", file).assert_refused(
        f"cannot write {file}: the same file has 1 other name (hard links); give another name "
        "with -o"
    )
    assert file.samefile(other)


@pytest.mark.slow
def test_a_file_keeps_its_owner(tmp_path):
    file = tmp_path / "own.xlsx"
    file.write_bytes(own())
    try:
        os.chown(file, 1234, 1235)
    except PermissionError:
        pytest.skip("root alone gives files away")
    assert 0 == Done("recalc", file).status
    assert (1234, 1235) == (file.stat().st_uid, file.stat().st_gid)


def test_the_draft_of_a_process_that_died_goes_and_that_of_another_stays(tmp_path):
    from xlcalc.files import locked_draft, write_file

    (tmp_path / ".xlcalc-0123456789abcdef").write_bytes(b"half")
    (tmp_path / ".xlcalc-notes").write_bytes(b"a person's")
    living, descriptor = locked_draft(tmp_path, 0o600)
    write_file(tmp_path / "a.txt", b"whole")
    assert {".xlcalc-notes", "a.txt", living.name} == {path.name for path in tmp_path.iterdir()}
    os.close(descriptor)
    write_file(tmp_path / "a.txt", b"whole")
    assert {".xlcalc-notes", "a.txt"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["eval", "=" + "(" * 100_000],
        ["eval", "=GPU_DAYS(1;2;0,3)"],
        ["run", "x" * 5_000],
        ["run", "{own}", "--get", "x" * 100_000],
        ["run", "{own}", "--set", "a=\udcff"],
        ["run", "{own}", "--set", "size=" + "1" * 100_000],
    ],
)
def test_a_sentence_never_repeats_a_megabyte(arguments, tmp_path):
    (tmp_path / "own.xlsx").write_bytes(own())
    done = Done(*(text.format(own=tmp_path / "own.xlsx") for text in arguments))
    assert 2 == done.status
    assert len(done.err) < 1_100
    assert 1 == done.err.count("\n")


HOSTILE = '\x1b[31m\x07a|<img src=x onerror="b">'


@pytest.mark.slow
def test_a_terminal_gets_no_control_characters(tmp_path):
    cells = {"A1": 1.0, "A2": '=A1&UNICHAR(27)&"]0;title"'}
    (tmp_path / "own.xlsx").write_bytes(small_workbook(cells, {"total": "A2"}))
    controller, terminal = os.openpty()
    command = [sys.executable, "-m", "xlcalc.cli", "run", str(tmp_path / "own.xlsx")]
    subprocess.run([*command, "--json"], stdout=terminal, stderr=terminal, timeout=60)
    os.close(terminal)
    shown = os.read(controller, 10_000)
    os.close(controller)
    assert b"title" in shown
    assert b"\x1b" not in shown


@pytest.mark.slow
def test_labels_are_inert_in_every_summary(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(own())
    rows = ["=1+1", "\uff1d1+1", " =1+1", ";=1+1", "|<img src=x>", "\uffff\x01"]
    lines = [f'run {number},{number},"{text}"' for number, text in enumerate(rows)]
    (tmp_path / "list.csv").write_text("\n".join(["scenario,size,owner", *lines]), encoding="utf-8")
    out = tmp_path / "out"
    done = Done("batch", tmp_path / "own.xlsx", tmp_path / "list.csv", "-o", out)
    assert (0, "") == (done.status, done.err)
    table = (out / "summary.csv").read_text(encoding="utf-8-sig")
    owners = [line.split(",")[4] for line in table.splitlines()[1:]]
    assert ["'=1+1", "'\uff1d1+1", "' =1+1", ";'=1+1", "|<img src=x>", "\uffff\ufffd"] == owners
    shown = (out / "summary.md").read_text(encoding="utf-8")
    assert r"\|\<img src=x\>" in shown
    assert zipfile.is_zipfile(out / "summary.xlsx")


@pytest.mark.slow
def test_a_title_is_no_formula(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(own())
    (tmp_path / "list.csv").write_text("scenario,size\na,1\n")
    (tmp_path / "own.toml").write_text(
        'workbook = "own.xlsx"\nscenarios = "list.csv"\ntitle = "=1+1|<b>"\n'
    )
    assert 0 == Done("report", tmp_path / "own.toml", "-o", tmp_path / "out").status
    sheet = parts((tmp_path / "out" / "summary.xlsx").read_bytes())[SHEET]
    assert b"<f>" not in sheet
    assert r"## =1+1\|\<b\>" in (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_temporary_folder_that_is_not_there_hurts_nobody(tmp_path):
    (tmp_path / "own.xlsx").write_bytes(own())
    environment = os.environ | {"TMPDIR": str(tmp_path / "none")}
    assert 0 == Done("recalc", tmp_path / "own.xlsx", env=environment).status


@pytest.mark.slow
@pytest.mark.parametrize("rows", [16, 24, 42])
def test_texts_that_double_end_in_a_short_sentence(rows, tmp_path):
    (tmp_path / "own.xlsx").write_bytes(doubling(rows))
    done = Done("recalc", tmp_path / "own.xlsx", "-o", tmp_path / "out.xlsx")
    assert done.status in {0, 1, 2}
    assert len(done.err) < 50_000
    assert "Traceback" not in done.err
    assert done.megabytes < MEGABYTES
    assert Path(tmp_path / "out.xlsx").exists() == (done.status == 0)
