"""How does a text of somebody else's stand in a line, in a table of Markdown, in a test report?"""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree


def in_a_line(text: str) -> str:
    """Return a text without what moves a terminal's cursor, breaks XML or cannot be written."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean.encode(errors="replace").decode()


def shortened(text: str, most: int = 1_000) -> str:
    """Return a text that is short enough to be read, with its end in place."""
    if len(text) <= most:
        return text
    begun, ended = text[: most * 3 // 4], text[-(most // 4) :]
    return f"{begun} … {len(text) - most:,} characters … {ended}"


def inert(text: str) -> str:
    """Return a text that stays one cell of a Markdown table, and does nothing there."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return " ".join(in_a_line(text).split())


class Reported(NamedTuple):
    """A case of a JUnit report.

    Attributes
    ----------
    group, name : str
        What it is a case of, and what it is called.
    kind : str
        "failure", "error", "system-out" for a remark, or "" for a case that passed.
    message, text : str
        What is wrong, in a sentence and in lines.
    """

    group: str
    name: str
    kind: str = ""
    message: str = ""
    text: str = ""


def junit(suite: str, cases: Sequence[Reported]) -> str:
    """Return a JUnit report, which CI systems show."""
    counts = {
        "tests": len(cases),
        "failures": sum(case.kind == "failure" for case in cases),
        "errors": sum(case.kind == "error" for case in cases),
    }
    root = ElementTree.Element(
        "testsuite", {"name": suite, **{key: str(count) for key, count in counts.items()}}
    )
    for case in cases:
        names = {"classname": in_a_line(case.group), "name": in_a_line(case.name)}
        element = ElementTree.SubElement(root, "testcase", names)
        if case.kind:
            message = {"message": in_a_line(case.message)} if case.message else {}
            child = ElementTree.SubElement(element, case.kind, message)
            child.text = "\n".join(map(in_a_line, case.text.split("\n")))
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
