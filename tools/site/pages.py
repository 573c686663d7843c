"""Which pages and tables of the site are made of the package itself?

A page for each function from its declaration, in Chinese a line for each; the rules and fits that
functions go by; and the inputs of each template as its committed workbook shows them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import openpyxl
from openpyxl.cell import Cell

from tools import ROOT
from tools.site.mathematics import mathematics
from xlcalc.author.number_formats import shown
from xlcalc.catalogue import NAMES, catalogues
from xlcalc.function_pages import file_of, pages_of
from xlcalc.functions import FUNCTIONS
from xlcalc.functions.billing_rules import IMAGE_RULES
from xlcalc.functions.scaling import FITS
from xlcalc.quantities import Choice, Flag
from xlcalc.templates import TEMPLATES, read_table
from xlcalc.worksheet import Spec, spec_of

HEADER = "Figure"
"""The heading above the labels of the sheet Inputs."""


def function_pages() -> Mapping[str, str]:
    """Return the pages of the functions by their places on the site."""
    specs = [spec_of(function) for function in FUNCTIONS]
    pages = {f"functions/{name}": text for name, text in pages_of(specs).items()}
    used = templates_by_function()
    for spec in specs:
        place = f"functions/{file_of(spec)}"
        if formula := mathematics(spec):
            told = f"## Formula\n\n{_with_defaults(spec)}{formula}\n\n## Arguments"
            pages[place] = pages[place].replace("## Arguments", told, 1)
        pages[place] += _used_in(used[spec.name])
    pages["functions/rules.md"] = rules()
    return {**pages, "zh/functions.md": chinese_functions()}


def templates_by_function() -> Mapping[str, list[str]]:
    """Return for each function the templates whose workbooks call it."""
    found: dict[str, list[str]] = {spec_of(function).name: [] for function in FUNCTIONS}
    for template in TEMPLATES:
        path = ROOT / "workbooks" / f"{template}.xlsx"
        if path.exists():
            for name in called(path) & found.keys():
                found[name].append(template)
    return found


def called(path: Path) -> set[str]:
    """Return the names that formulas of a workbook call."""
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return {
            name.decode()
            for sheet in sheets
            for formula in re.findall(rb"<f>([^<]*)</f>", archive.read(sheet))
            for name in re.findall(rb"\b([A-Z][A-Z0-9_]+)\(", formula)
        }


def _with_defaults(spec: Spec) -> str:
    """Return the sentence that says which choices the formula is written for."""
    chosen = [
        f"`{argument.name}` = `{argument.default_text}`"
        for argument in spec.arguments
        if isinstance(argument.kind, Choice | Flag)
    ]
    return f"With {' and '.join(chosen)}:\n\n" if chosen else ""


def topics() -> Mapping[str, list[tuple[str, str]]]:
    """Return for each topic the names of its functions with their pages."""
    found: dict[str, list[tuple[str, str]]] = {}
    for spec in map(spec_of, FUNCTIONS):
        found.setdefault(spec.topic, []).append((spec.name, f"functions/{file_of(spec)}"))
    return found


def _used_in(templates: Sequence[str]) -> str:
    if not templates:
        return ""
    links = [f"[{name}](../workbooks/{name}.md)" for name in templates]
    return f"\n## Workbooks that use it\n\n{', '.join(links)}\n"


def rules() -> str:
    """Return a page of the rules of images and of the published fits of the scaling laws."""
    lines = ["# Rules of images, and fits of scaling laws", ""]
    lines += ["By these rules vendors count the tokens of an image.", ""]
    lines += ["| rule | vendor | holds | source |", "|---|---|---|---|"]
    lines += [
        f"| `{name}` | {rule.vendor} | {rule.dates} | {rule.source} |"
        for name, rule in IMAGE_RULES.items()
    ]
    lines += ["", "These constants of L = E + A/Nᵅ + B/Dᵝ have been published.", ""]
    lines += ["| fit | E | A | B | α | β | source |", "|---|--:|--:|--:|--:|--:|---|"]
    for name, fit in FITS.items():
        *constants, source = astuple(fit)
        figures = " | ".join(f"{constant:.10g}" for constant in constants)
        lines.append(f"| `{name}` | {figures} | {source} |")
    return "\n".join([*lines, ""])


def chinese_functions() -> str:
    """Return a page that says in Chinese what each function gives, a table for each topic."""
    texts = read_table("zh")
    parts = ["# 函数一览", ""]
    parts += ["名称、参数和单位在各种语言中相同；点击函数名可看单位、范围、公式和来源。"]
    topic = ""
    for spec in map(spec_of, FUNCTIONS):
        if spec.topic != topic:
            topic = spec.topic
            parts += [f"\n## {texts.get(topic, topic)}\n", "| 函数 | 结果 |", "|---|---|"]
        link = f"[`{spec.syntax}`](../functions/{file_of(spec)})"
        parts.append(f"| {link} | {_escaped(texts[spec.summary])} |")
    return "\n".join([*parts, ""])


def catalogue_rows() -> str:
    """Return how many rows each catalogue has, as a table of Markdown."""
    rows = [f"| `{name}` | {len(catalogues().search(name, '')):,} |" for name in NAMES]
    return "\n".join(["| catalogue | rows |", "|---|--:|", *rows])


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
            yield f"\n### {label.value}\n"
            yield "| figure | default | unit | name | note |\n|---|--:|---|---|---|"
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
