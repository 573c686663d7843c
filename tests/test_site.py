"""What the site makes of the package: formulas as mathematics, the drawing, lists of pages."""

import re

import pytest

from tests.conftest import ROOT
from tools.site.imports import drawing, folders, levels, table
from tools.site.mathematics import mathematics
from tools.site.pages import catalogue_rows, function_pages, inputs_table
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of

MADE = {
    *("changelog.md", "contributing.md", "security.md"),
    *("functions/index.md", "functions/rules.md", "zh/functions.md"),
}


def formula(name):
    return mathematics(spec_of(BY_NAME[name]))


def words(name):
    """Return the formula of a function as the letters that a reader sees."""
    return re.sub("<[^>]+>", "", formula(name))


def test_a_formula_is_written_as_mathematics():
    expected = (
        '<math display="block"><mrow><mtext>TRAIN_FLOPS</mtext><mo>=</mo><mrow><mrow>'
        "<mtext>flops_per_param_token</mtext><mo>⋅</mo><mtext>params</mtext></mrow>"
        "<mo>⋅</mo><mtext>tokens</mtext></mrow></mrow></math>"
    )
    assert expected in formula("TRAIN_FLOPS")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 1e12 FLOP/s a TFLOP/s, 86,400 seconds a day; rounding on 15 digits is a ceiling.
        ("GPUS_NEEDED", "GPUS_NEEDED=⌈flopspeak_tflops⋅1012⋅mfu⋅86400days⌉"),
        ("IMAGE_TOKENS", "IMAGE_TOKENS=⌈heightpatch⌉⋅⌈widthpatch⌉"),
        # More active parameters than all are an error, which the page says elsewhere.
        ("ACTIVE_FRACTION", "ACTIVE_FRACTION=active_paramstotal_params"),
    ],
)
def test_roundings_and_conditions_read_as_a_person_writes_them(name, expected):
    assert expected == words(name)


def test_a_look_up_has_no_formula():
    assert "" == formula("GPU_SPEC")


def test_the_page_of_a_function_has_its_formula_and_its_workbooks():
    pages = function_pages()
    page = pages["functions/gpu_days.md"]
    assert page.index("## Formula") < page.index("## Arguments") < page.index("## Examples")
    assert "[training_budget](../workbooks/training_budget.md)" in page
    assert 'With `rounding` = `"up"`:' in pages["functions/image_tokens.md"]
    assert "| [`TRAIN_FLOPS(params, tokens, " in pages["zh/functions.md"]


def test_the_drawing_has_every_folder_above_those_that_it_uses():
    inside = {path.parent.name for path in (ROOT / "xlcalc").glob("*/__init__.py")}
    graph = folders()
    level = {name: rank for rank, names in enumerate(levels(graph)) for name in names}
    assert inside == set(graph)
    assert [] == [(a, b) for a, used in graph.items() for b in used if level[b] >= level[a]]
    shown = re.findall(r"<text[^>]*>([^<]+)</text>", drawing())
    assert sorted(inside) == sorted(shown)
    assert drawing() == drawing()


def test_the_table_of_modules_has_the_question_of_each():
    assert "| `cells.py` | What does a function make of cells, " in table()
    assert "| `native/` | " in table()


def test_tables_of_inputs_and_of_the_catalogue_are_read_from_what_is_there():
    assert "| Parameters | 175.00 B | parameters | `params` |" in inputs_table("training_budget")
    assert re.search(r"^\| `gpus` \| \d+ \|$", catalogue_rows(), re.MULTILINE)


def test_the_site_lists_every_page_once():
    text = (ROOT / "tools" / "site" / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^ +- (?:[^:\n]+: )?([\w/]+\.md)$", text, re.MULTILINE)
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    rules = {page for page in pages if page.startswith("check/")} - {"check/README.md"}
    assert sorted((pages - rules) | MADE) == sorted(listed)
