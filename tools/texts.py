"""Bring the tables of texts up to date with the templates: `python -m tools.texts`.

A text that no template uses any more goes; one that is new comes in with an empty translation,
which `tests/test_texts.py` refuses.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from tools import ROOT, write
from xlcalc import templates, values_copy
from xlcalc.author.book import Texts
from xlcalc.calc.origin import Accepted, Origin
from xlcalc.dialects import Form
from xlcalc.gallery import Gallery
from xlcalc.runs.results import Counts, Result
from xlcalc.runs.summary import Summary
from xlcalc.runs.summary_markdown import summary_markdown
from xlcalc.runs.summary_workbook import summary_workbook

ORIGIN = Origin("xlcalc 1", "one 1", ("two 2",), (), 1, (Accepted("S!A1", 1.0, 2.0, "A2"),))
"""Where the values of a workbook come from of which there is everything to say."""
FOLDER = ROOT / "xlcalc" / "templates" / "texts"


def wanted(language: str) -> dict[str, str]:
    """Return every text that the templates use, with its translation so far."""
    table = templates.read_table(language)
    found: dict[str, str] = {}
    for texts in (*books(language), *summaries(language), covers(language)):
        for text in (*table, *texts.missing):
            if text in texts.used or text in texts.missing:
                found.setdefault(text, table.get(text, ""))
    return found


def books(language: str) -> Iterator[Texts]:
    """Yield the texts of each template, with what its charts say of themselves."""
    for name in templates.TEMPLATES:
        book = templates.author(name, language)
        book.to_package(canonical=False)
        yield book.texts


def summaries(language: str) -> Iterator[Texts]:
    """Yield the texts of a summary of each template's samples, one of which failed."""
    for config in Gallery(Path("none"), Form(language=language)).configs():
        values = config.model.evaluate().values
        results = [
            Result(1, "a", "a.xlsx", values | {config.charted: figure}, broken=("beyond",))
            for figure in (1.0, 1e6)
        ]
        texts = templates.texts(language)
        summary = Summary(
            config.title,
            "runs.csv",
            config.model.cells,
            config.columns,
            config.charted,
            [*results, Result(2, "b", failure="failed")],
            Counts(1002, 1, 2),
            texts,
            ORIGIN,
        )
        summary_workbook(summary)
        summary_markdown(summary)
        for text in list(texts.missing):  # labels of the template's cells are translated already
            if re.search("[\u4e00-\u9fff]", text) or text == summary.verdict:
                del texts.missing[text]
        yield texts


def covers(language: str) -> Texts:
    """Return the texts of the covers of copies of values."""
    texts = templates.texts(language)
    for text in values_copy.TEXTS:
        texts(text)
    return texts


def path(language: str) -> Path:
    """Return the file of a language's table."""
    return FOLDER / f"{language}.csv"


def made() -> Iterator[tuple[str, bytes]]:
    for language in templates.LANGUAGES[1:]:
        rows = sorted(wanted(language).items(), key=lambda row: (row[0].lower(), row[0]))
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("en", language))
        writer.writerows([cell.replace("\n", "\\n") for cell in row] for row in rows)
        yield path(language).relative_to(ROOT).as_posix(), file.getvalue().encode()


def main() -> None:
    write(made())
    for language in templates.LANGUAGES[1:]:
        empty = sum(not other for other in templates.read_table(language).values())
        print(f"{language}: {empty} texts without a translation")


if __name__ == "__main__":
    main()
