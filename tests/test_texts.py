"""The tables of texts: complete, tidy, and used everywhere."""

import io
import re
import string

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from tests.built import built
from tests.marks import thorough_but
from tools.texts import path, wanted
from xlcalc import templates
from xlcalc.author.book import Texts
from xlcalc.author.number_formats import shown
from xlcalc.build import build_template
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError
from xlcalc.dialects import Form
from xlcalc.errors import ConfigError, UsageError
from xlcalc.runs.config import load_batch, load_config
from xlcalc.runs.report import run_report

QUICK = {"training_budget", "gpu_tco"}
OTHERS = templates.LANGUAGES[1:]
CHINESE = re.compile("[\u4e00-\u9fff]")


# `python -m tools.check` says the same, where all else is checked as well.
@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_every_template_is_translated_and_none_is_left_over(language):
    table = templates.read_table(language)
    needed = wanted(language)
    assert [] == [text for text, other in needed.items() if not other], "python -m tools.texts"
    assert [] == [text for text in table if text not in needed], "python -m tools.texts"


@pytest.mark.parametrize("language", OTHERS)
def test_a_table_is_sorted_and_names_each_text_once(language):
    lines = path(language).read_text(encoding="utf-8").splitlines()
    assert f"en,{language}" == lines[0]
    texts = list(templates.read_table(language))
    assert sorted(texts, key=lambda text: (text.lower(), text)) == texts
    assert len(texts) == len(lines) - 1


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_placeholders_and_line_breaks(language):
    def fields(text):
        return {field for _, field, _, _ in string.Formatter().parse(text) if field}

    for text, other in templates.read_table(language).items():
        if "{" in text:
            assert fields(text) == fields(other)
        if "#,##0" not in text:
            assert text.startswith("=") is other.startswith("=")


@pytest.mark.slow
@pytest.mark.parametrize("name", thorough_but(QUICK, templates.TEMPLATES))
def test_another_language_changes_words_and_no_figure(name):
    english, chinese = (
        WorkbookModel(built(name, Form("udf", language=language)), name)
        for language in templates.LANGUAGES
    )
    assert set(english.cells) == set(chinese.cells)
    ours, theirs = english.evaluate().values, chinese.evaluate().values
    for cell, value in ours.items():
        if not isinstance(value, str):
            assert value == theirs[cell], cell
        assert not isinstance(theirs[cell], CellError)
    book = openpyxl.load_workbook(io.BytesIO(built(name, Form(language="zh"))))
    assert any(CHINESE.search(sheet.title) for sheet in book.worksheets)
    labels = [cell.label for cell in chinese.cells.values()]
    assert all(CHINESE.search(label) or label.isascii() for label in labels)
    assert not labels or sum(bool(CHINESE.search(label)) for label in labels) > len(labels) / 2


def test_counts_stand_in_the_units_that_a_chinese_reader_uses():
    model = WorkbookModel(built("training_budget", Form(language="zh")), "budget")
    cells = {name: model.cell(name) for name in ("params", "tokens")}
    assert "1750.00亿" == shown(175e9, cells["params"].number_format)
    assert "1.40万亿" == shown(1.4e12, cells["tokens"].number_format)
    assert "124,000" == shown(124e3, cells["params"].number_format)


def test_a_report_speaks_the_language_of_its_template(tmp_path):
    rows = tmp_path / "runs.csv"
    rows.write_text("scenario,params\na,1e9\nb,-1\n", encoding="utf-8")
    list(run_report(load_batch("training_budget", rows, tmp_path / "out", Form(language="zh"))))
    text = (tmp_path / "out" / "summary.md").read_text(encoding="utf-8")
    assert "2 个方案已写出 1 个" in text
    assert "1 个失败" in text
    book = openpyxl.load_workbook(tmp_path / "out" / "summary.xlsx")
    assert "汇总" == book.sheetnames[0]
    assert ["项目", "单位", "a", "b"] == [cell.value for cell in book["汇总"][4][1:]]


def test_a_language_is_for_templates_and_one_that_is_there(tmp_path):
    with pytest.raises(UsageError, match='no language "fr"; there are: en, zh'):
        build_template("training_budget", Form(language="fr"))
    book = tmp_path / "own.xlsx"
    book.write_bytes(built("training_budget"))
    rows = tmp_path / "runs.csv"
    rows.write_text("scenario\na\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="chosen for a template, not for a workbook"):
        load_batch(str(book), rows, tmp_path / "out", Form(language="zh"))
    assert "zh" == load_config(None, tmp_path, Form(language="zh")).language


def test_words_in_formulas_are_translated_and_keywords_are_not():
    texts = Texts({"at ": "以 ", "peak_tflops": "never"})
    formula = '="at "&TEXT(GPU_SPEC(gpu,"peak_tflops"),"0.0%")&"×"'
    assert '="以 "&TEXT(GPU_SPEC(gpu,"peak_tflops"),"0.0%")&"×"' == texts.formula(formula)
    assert {} == texts.missing


CODE = re.compile(
    r"\b(?:rent26|buy26|price26|gpu_(?:purchase|rental)|power(?:26)?|pue|api_token|meas)-\w+"
    r"|\bxlcalc/|litellm \d"
)
"""Ids of the catalogue's rows, its files, and packages that were compared with it."""
SENTENCE = re.compile(r"\b[a-z]{2,}(?:[ -][a-z]{2,}){2,}")
"""Three English words in a row, none of them a name."""
ENGLISH = {
    *("xlcalc template new", "vllm bench serve", "smol or go home", "all-to-all"),
    # Titles of pages, as their vendors give them.
    *("are tokens and how to count them", "understand and count tokens"),
}
QUOTING = {"claims_audit": {"说法", "公布案例"}, "multimodal_data": {"文本"}}
"""Sheets of a template that quote sources in their own words."""


def printed_texts(name, language):
    """Yield place and text of each printed cell but those of the sheet Sources."""
    form = Form("udf", language=language)
    book = openpyxl.load_workbook(io.BytesIO(built(name, form)), data_only=True)
    for sheet in book.worksheets:
        _, _, columns, rows = range_boundaries(sheet.print_area.rpartition("!")[2])
        for row in sheet.iter_rows(max_col=columns, max_row=rows):
            for cell in row:
                if isinstance(cell.value, str) and sheet.title not in {"Sources", "来源"}:
                    yield sheet.title, cell.coordinate, cell.value


@pytest.mark.slow
@pytest.mark.parametrize("name", thorough_but(QUICK, templates.TEMPLATES))
def test_no_note_shows_the_codes_of_those_who_keep_the_catalogue(name):
    if name not in templates.PORTABLE_ONLY:
        shown_codes = [place for *place, text in printed_texts(name, "en") if CODE.search(text)]
        assert [] == shown_codes


@pytest.mark.slow
@pytest.mark.parametrize("name", thorough_but(QUICK, templates.TEMPLATES))
def test_no_english_sentence_stands_in_a_chinese_workbook(name):
    if name not in templates.PORTABLE_ONLY:
        quoting = QUOTING.get(name, set())
        found = [
            (sheet, cell, words)
            for sheet, cell, text in printed_texts(name, "zh")
            for words in SENTENCE.findall(text)
            if sheet not in quoting and not any(words.startswith(known) for known in ENGLISH)
        ]
        assert [] == found
