"""Which pages and tables of the site are made of the package itself?

A page for each function from its declaration, and the inputs of each template as its committed
workbook shows them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

import openpyxl
from openpyxl.cell import Cell

from tools import ROOT
from xlcalc.author.number_formats import shown
from xlcalc.functions import FUNCTIONS
from xlcalc.templates import read_table
from xlcalc.worksheet import spec_of

HEADER = "Figure"
"""The heading above the labels of the sheet Inputs."""


def function_pages() -> Mapping[str, str]:
    """Return the pages of the functions by their places on the site."""
    return {"zh/functions.md": chinese_functions()}


def chinese_functions() -> str:
    """Return a page that says in Chinese what each function gives, a table for each topic."""
    texts = read_table("zh")
    parts = ["# 函数一览", "", "名称、参数和单位在各种语言中相同；点击函数名可看单位、范围、公式和来源。"]
    topic = ""
    for spec in map(spec_of, FUNCTIONS):
        if spec.topic != topic:
            topic = spec.topic
            parts += [f"\n## {texts.get(topic, topic)}\n", "| 函数 | 结果 |", "|---|---|"]
        link = f"[`{spec.syntax}`](../functions/{spec.name}.md)"
        parts.append(f"| {link} | {_escaped(texts[spec.summary])} |")
    return "\n".join([*parts, ""])


def inputs_table(template: str) -> str:
    """Return the inputs of a template as tables, one for each section of its sheet Inputs.

    Parameters
    ----------
    template : str
        The template.

    Returns
    -------
    str
        Markdown: label, name of the cell, default as the cell shows it, unit and note.
    """
    path = ROOT / "workbooks" / f"{template}.xlsx"
    sheet = openpyxl.load_workbook(path, data_only=True)["Inputs"]
    return "\n".join(_lines(sheet.iter_rows(min_col=2, max_col=6)))


def _lines(rows: Iterator[tuple[Cell, ...]]) -> Iterator[str]:
    """Yield headings and rows from the line of headings on."""
    below = False
    for label, value, unit, name, note in rows:
        below = below or label.value == HEADER
        if not below or label.value in (None, HEADER):
            continue
        if name.value is None:
            yield f"\n### {label.value}\n\n| figure | default | unit | name | note |\n|---|--:|---|---|---|"
        else:
            cells = [label.value, _shown(value), unit.value, f"`{name.value}`", note.value]
            yield "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _shown(cell: Cell) -> str:
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    return shown(cell.value, cell.number_format)


def _escaped(text: object) -> str:
    """Return a text as it stands in a cell of a table in Markdown."""
    plain = "" if text is None else str(text)
    for letter in "\\|<*_":
        plain = plain.replace(letter, f"\\{letter}") if "`" not in plain else plain
    return plain.replace("\n", " ")
