"""What parts is an xlsx file made of, and how is one of them changed while the others stay?

A file is unzipped once, into a `Package`. Whoever changes it works on a copy of the package, which
shares the parts that stay; the bytes of the file are made when somebody needs a file.
"""

import io
import posixpath
import re
import struct
import zipfile
from collections.abc import Mapping
from copy import copy
from itertools import count
from pathlib import Path
from xml.etree import ElementTree as ET

from xlcalc.errors import WorkbookError
from xlcalc.files import read_file
from xlcalc.ooxml.opening import parts_of, refuse_document_type
from xlcalc.ooxml.other_formats import other_archive

_TIME = (2026, 1, 1, 0, 0, 0)
"""The time that the parts of our own files carry: the same file at every run."""
_NO_RELATIONS = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns='
    b'"http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_LOCAL_HEADER = 30
"""Bytes before the name of a part in a zip file."""

# What charts keep of the cells that they draw; Excel reads the cells where it is missing.
_CHART_CACHE = re.compile(
    rb"<((?:\w+:)?)(numCache|strCache|multiLvlStrCache|dlblRangeCache)\b[^<>]*(?:/>|(?<!/)>.*?</\1\2\s*>)"
    rb"|<(cx:)lvl\b[^<>]*(?:/>|>.*?</\3lvl\s*>)",
    re.DOTALL,
)

_NUMBERED = re.compile(r"(.*?)(?<!\d)\d*+(\.\w+)")

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"


class Package:
    """The parts of an xlsx file.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What to call the file in a sentence.

    Attributes
    ----------
    workbook_part : str
        Name of the part that lists the sheets.
    sheets : dict of str to str
        The part of each worksheet by its name, in the order of the tabs.

    Raises
    ------
    WorkbookError
        If the file is no xlsx workbook, or cannot be opened as `parts_of` opens it.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        entries, parts = parts_of(data, name)
        self._begin(data, entries, parts)

    def _begin(
        self, data: bytes | None, entries: dict[str, zipfile.ZipInfo], parts: dict[str, bytes]
    ) -> None:
        self._data = data
        self._entries = entries
        self._parts = parts
        self._changed: dict[str, bytes] = {}
        self.workbook_part = self._find_workbook()
        self.sheets = self._find_sheets()

    @classmethod
    def of_parts(cls, parts: Mapping[str, bytes], name: str) -> "Package":
        """Return a package of parts that are in no file yet; their files carry one fixed time."""
        entries = {}
        for part in parts:
            entries[part] = entry = zipfile.ZipInfo(part, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
        package = cls.__new__(cls)
        package.name = name
        package._begin(None, entries, dict(parts))
        return package

    def copy(self) -> "Package":
        """Return a package that changes by itself; nothing is read or unzipped again."""
        twin = self.__class__.__new__(self.__class__)
        twin.__dict__ = {
            **self.__dict__,
            "_entries": self._entries.copy(),
            "_parts": self._parts.copy(),
            "_changed": self._changed.copy(),
        }
        return twin

    @classmethod
    def read(cls, path: Path) -> "Package":
        """Read a file."""
        return cls(read_file(path), str(path))

    def part(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises
        ------
        WorkbookError
            If the package has no such part.
        """
        data = self._changed.get(name, self._parts.get(name))
        if data is None:
            raise WorkbookError(f"{self.name} is not a complete xlsx workbook: {name} is missing")
        return data

    def names(self) -> list[str]:
        """Return the names of the parts, in the order of the file."""
        return list(self._parts)

    def has(self, name: str) -> bool:
        """Whether the package has a part."""
        return name in self._parts

    def replace(self, name: str, data: bytes) -> None:
        """Give a part other bytes."""
        if data != self.part(name):
            self._changed[name] = data
            if name == self.workbook_part:
                self.sheets = self._find_sheets()

    def add(self, name: str, data: bytes, content_type: str, relation: str, owner: str = "") -> str:
        """Add a part that the package does not have.

        Parameters
        ----------
        name : str
            Name of the part.
        data : bytes
            What it holds.
        content_type, relation : str
            What kind of part it is, and the kind of its relationship to its owner.
        owner : str, optional
            The part that names it; the package itself if left out.

        Returns
        -------
        str
            The id under which the owner knows it.
        """
        folder, file = posixpath.split(owner)
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(rels):
            self._put(rels, _NO_RELATIONS)
        known = {relation.get("Id") for relation in self.xml(rels)}
        identity = next(f"rId{n}" for n in count(1) if f"rId{n}" not in known)
        self.insert(
            "[Content_Types].xml",
            "Types",
            f'Override PartName="/{name}" ContentType="{content_type}"',
        )
        self.insert(
            rels,
            "Relationships",
            f'Relationship Id="{identity}" Type="{relation}" '
            f'Target="{posixpath.relpath(name, folder or ".")}"',
        )
        self._put(name, data)
        return identity

    def _put(self, name: str, data: bytes) -> None:
        """Add a part that nothing names."""
        entry = zipfile.ZipInfo(name, _TIME)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        self._entries[name], self._parts[name] = entry, data
        self._data = None  # a part more is a change

    def insert(self, part: str, root: str, element: str) -> None:
        """Put an element at the end of a part, under the prefix of its root."""

        def longer(end: re.Match[bytes]) -> bytes:
            return b"<%b%b/>%b" % (end[1], element.encode(), end[0])

        pattern = rb"</((?:\w+:)?)" + root.encode() + rb"\s*>"
        self.replace(part, re.sub(pattern, longer, self.part(part), count=1))

    def xml(self, name: str) -> ET.Element:
        """Return a part as an XML tree.

        Raises
        ------
        WorkbookError
            If it is not well-formed, or has a document type, the carrier of XML's known attacks.
        """
        data = self.part(name)
        refuse_document_type(name, data, self.name)
        try:
            # The document type, the carrier of XML's known attacks, is refused above.
            return ET.fromstring(data)  # noqa: S314
        except ET.ParseError as error:
            raise WorkbookError(f"{self.name} is damaged in {name}: {error}") from None

    def to_bytes(self) -> bytes:
        """Return the file, the very same bytes where nothing changed."""
        if self._data is not None and not self._changed:
            return self._data
        return self._zipped(None)

    def to_stored_bytes(self) -> bytes:
        """Return the file without compression, for a program that reads it at once."""
        return self._zipped(zipfile.ZIP_STORED)

    def _zipped(self, compression: int | None) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, entry in self._entries.items():
                archive.writestr(copy(entry), self.part(name), compression)  # it is changed by this
        return target.getvalue()

    def entries(self) -> list[tuple[zipfile.ZipInfo, bytes | None]]:
        """Return what the file says of each part, with its compressed bytes where it stays."""
        return [(entry, self._compressed(entry)) for entry in self._entries.values()]

    def _compressed(self, entry: zipfile.ZipInfo) -> bytes | None:
        if self._data is None or entry.filename in self._changed:
            return None
        start = entry.header_offset + _LOCAL_HEADER
        name, extra = struct.unpack_from("<HH", self._data, start - 4)
        return self._data[start + name + extra :][: entry.compress_size]

    def saved_by(self) -> str:
        """Return the program that saved the file last, as its properties say; empty if not."""
        for kind, target in self.relations("").values():
            if kind == "extended-properties" and self.has(target):
                found = {e.tag.rpartition("}")[2]: e.text or "" for e in self.xml(target)}
                program, version = found.get("Application", ""), found.get("AppVersion", "")
                return f"{program} {version}".strip()
        return ""

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return the relationships of a part: id to type and target part."""
        folder, file = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(name):
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip(
                    "/"
                ),
            )
            for relation in self.xml(name)
            if relation.get("TargetMode") != "External"
        }

    def drop_calculation_chain(self) -> None:
        """Remove the list of formula cells, which Excel makes again, once a formula is gone."""
        for identity, (kind, target) in self.relations(self.workbook_part).items():
            if kind == "calcChain" and self.has(target):
                self.remove(self.workbook_part, identity, target)

    def drop_chart_caches(self) -> None:
        """Remove the points that charts keep of their cells, where cells are about to change."""
        for name in self._parts:
            if name.startswith("xl/charts/") and name.endswith(".xml"):
                self.replace(name, _CHART_CACHE.sub(b"", self.part(name)))

    def remove(self, owner: str, identity: str, part: str) -> None:
        """Remove a part, its own relationships, and the one by which its owner names it."""
        folder, file = posixpath.split(owner)
        self._remove_element(posixpath.join(folder, "_rels", f"{file}.rels"), identity)
        self._remove_element("[Content_Types].xml", f"/{part}")
        folder, file = posixpath.split(part)
        for gone in (part, posixpath.join(folder, "_rels", f"{file}.rels")):
            for parts in (self._parts, self._entries, self._changed):
                parts.pop(gone, None)
        self._data = None  # a part less is a change

    def unlink(self, owner: str, identity: str) -> None:
        """Remove a relationship of a part, and the part that it leads to if nothing else does."""
        _, target = self.relations(owner).get(identity, ("", ""))
        folder, file = posixpath.split(owner)
        self._remove_element(posixpath.join(folder, "_rels", f"{file}.rels"), identity)
        others = (t for name in self.names() for _, t in self.relations(name).values())
        if self.has(target) and target not in others:
            self._remove_element("[Content_Types].xml", f"/{target}")
            for parts in (self._parts, self._entries, self._changed):
                parts.pop(target, None)
            self._data = None  # a part less is a change

    def _remove_element(self, part: str, marker: str) -> None:
        """Remove the empty element that has an attribute of this value."""
        value = rb"[\"']" + re.escape(marker.encode()) + rb"[\"']"
        pattern = rb"<([\w:]+)\s[^<>]*" + value + rb"[^<>]*(?:/>|></\1>)"
        self.replace(part, re.sub(pattern, b"", self.part(part), count=1))

    def _find_workbook(self) -> str:
        for kind, target in self.relations("").values():
            if kind == "officeDocument" and not target.endswith(".bin"):
                return target
        reason = other_archive(self._parts) or "it names no workbook part"
        raise WorkbookError(f"{self.name} is not an xlsx workbook: {reason}")

    def _find_sheets(self) -> dict[str, str]:
        """Return the part of each worksheet, in the order of the tabs."""
        root = self.xml(self.workbook_part)
        if root.tag not in {f"{_MAIN}workbook", f"{_STRICT}workbook"}:
            reason = other_archive(self._parts) or "its main part is no workbook"
            raise WorkbookError(f"{self.name} is not an xlsx workbook: {reason}")
        relations = self.relations(self.workbook_part)
        found = {}
        for sheet in root.iter():
            if sheet.tag.rpartition("}")[2] == "sheet":
                identity = next((value for key, value in sheet.items() if key.endswith("}id")), "")
                kind, target = relations.get(identity, ("", ""))
                if kind == "worksheet":
                    found[sheet.get("name", "")] = target
        return found


def free_part(package: Package, wanted: str) -> str:
    """Return a name that no part has: the wanted one with a number at its end."""
    found = _NUMBERED.fullmatch(wanted)
    stem, ending = found.groups() if found else (wanted, "")
    return next(name for n in count(1) if not package.has(name := f"{stem}{n}{ending}"))
