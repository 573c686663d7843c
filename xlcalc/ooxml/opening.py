"""How is a zip archive of somebody else's opened, so that it takes no more than it may?

`parts_of` inflates all parts of a file, and `check_archive` looks through one that another library
will read. Both refuse what is too large, lies about a size, is damaged, or is of another format.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.parsers import expat

from xlcalc.errors import WorkbookError
from xlcalc.files import read_file
from xlcalc.ooxml.other_formats import other_format
from xlcalc.plain_texts import in_a_line

MAX_EXPANDED_BYTES = 2**30
MAX_PARTS = 50_000
_PIECE = 2**16
"""Bytes that are inflated at once where nobody keeps them."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How Open Packaging Conventions compress parts."""
_MARKUP, _READ = (".xml", ".rels"), ("xl/", "_rels/", "[Content_Types]")
"""The endings of parts in XML, and where those lie that are read."""
# What may stand before the root of a part; without backtracking, whatever it holds.
_DOCUMENT_TYPE = re.compile(
    rb"(?:\xef\xbb\xbf)?(?>\s+|<\?(?>[^?]+|\?(?!>))*+\?>|<!--(?>[^-]+|-(?!->))*+-->)*+<!DOCTYPE"
)
_NO_ELEMENTS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_MOST_HIDDEN = 100
"""Signs of elements that comments and the like of a part may have."""
_CHECKED_LATER = ("xl/worksheets/sheet", "xl/pivotCache/pivotCacheRecords")
"""Large parts: sheets, which who reads them checks, and records, which nobody reads."""
_OTHER_ENCODING = re.compile(
    rb"<\?xml\s[^<>]{,200}?encoding\s*=\s*[\"'](?!utf-8[\"']|us-ascii[\"'])", re.IGNORECASE
)


def parts_of(data: bytes, name: str) -> tuple[dict[str, zipfile.ZipInfo], dict[str, bytes]]:
    """Return what an xlsx file says of each part, and its bytes, by the name of the part.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call it in a sentence.

    Raises
    ------
    WorkbookError
        If it is no zip archive, is too large, or is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse_hostile(entries, name)
            parts = {entry.filename: _inflated(archive, entry) for entry in entries}
    except (WorkbookError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001  zipfile raises many classes for a damaged file
        raise _unread(data, name, error) from None
    for part, content in parts.items():
        if part.endswith(_MARKUP) and part.startswith(_READ):
            refuse_encoding(part, content, name)
            if not part.startswith(_CHECKED_LATER):
                _refuse_malformed(part, content, name)
    return {entry.filename: entry for entry in entries}, parts


def check_archive(path: Path) -> None:
    """Refuse a hostile archive, before another library reads it part by part.

    Raises
    ------
    WorkbookError
        If it is none, is too large, lies about a size, or has a part with a document type.
    """
    name = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_hostile(archive.infolist(), name)
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    refuse_document_type(entry.filename, file.read(_PIECE), name)
                    while file.read(_PIECE):
                        pass
    except (WorkbookError, MemoryError):
        raise
    except FileNotFoundError:
        raise WorkbookError(f"there is no file {name}") from None
    except Exception as error:  # noqa: BLE001  zipfile raises many classes for a damaged file
        raise _unread(read_file(path), name, error) from None


def refuse_document_type(part: str, content: bytes, name: str) -> None:
    """Refuse a part that has a document type, the carrier of XML's known attacks."""
    if _DOCUMENT_TYPE.match(content):
        raise WorkbookError(
            f"{name} has a document type in {in_a_line(part)}, which no workbook needs"
        )


def refuse_encoding(part: str, content: bytes, name: str) -> None:
    """Refuse a part that is in another encoding than UTF-8, in which all parts are read."""
    try:
        if not content.isascii():
            content.decode()
        utf8 = b"\0" not in content[:4] and not _OTHER_ENCODING.match(content)
    except UnicodeDecodeError:
        utf8 = False
    if not utf8:
        raise WorkbookError(f"{name} is damaged in {in_a_line(part)}: it is not in UTF-8")


def _refuse_malformed(part: str, content: bytes, name: str) -> None:
    """Refuse a part in which elements cannot be found by pattern in time in proportion.

    The end of an element is searched for from its beginning: each has one, unless it is in a
    comment or the like, of which there may be few.
    """
    refuse_document_type(part, content, name)
    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError as error:
        raise WorkbookError(f"{name} is damaged in {in_a_line(part)}: {error}") from None
    hidden = sum(found[0].count(b"<") - 1 for found in _NO_ELEMENTS.finditer(content))
    if hidden > _MOST_HIDDEN:
        raise WorkbookError(
            f"{name} has {hidden:,} elements in comments or CDATA of {in_a_line(part)}, which no "
            "spreadsheet program writes"
        )


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the bytes of a part, and never more than the archive says that it has.

    `ZipFile.read` inflates up to 2 GB before it looks at the size that is said.
    """
    with archive.open(entry) as file:
        return file.read(entry.file_size + 1)


def _unread(data: bytes, name: str, error: Exception) -> WorkbookError:
    reason = other_format(data) or in_a_line(str(error)) or "it is damaged"
    return WorkbookError(f"{name} is not an xlsx workbook: {reason}")


def _refuse_hostile(entries: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Refuse an archive that is too large, or that two programs may read in two ways."""
    if len(entries) > MAX_PARTS:
        raise WorkbookError(f"{name} has {len(entries):,} parts, at most {MAX_PARTS:,}")
    if sum(entry.file_size for entry in entries) > MAX_EXPANDED_BYTES:
        raise WorkbookError(f"{name} expands to more than {MAX_EXPANDED_BYTES:,} bytes")
    known: set[str] = set()
    for entry in entries:
        part = entry.filename.lower()  # names that differ in case alone are the same to OPC
        if part in known:
            raise WorkbookError(f"{name} is damaged: it has {in_a_line(part)} twice")
        known.add(part)
        if entry.compress_type not in _METHODS:
            raise WorkbookError(
                f"{name} is damaged: {in_a_line(part)} is compressed by a method that Excel does "
                "not read"
            )
