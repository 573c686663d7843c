"""The pages of documentation of functions."""

import re

import pytest

from tests.test_cli import xlcalc
from tests.test_plugins import HEAD
from xlcalc.function_pages import escaped, page_of, pages_of
from xlcalc.functions.training import train_flops
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import spec_of


def test_the_page_of_a_function_has_all_that_its_spec_says():
    page = page_of(spec_of(train_flops))
    for piece in (
        "# TRAIN_FLOPS\n\nReturns the FLOP that training takes, k·N·D.\n\nOne multiply-add is",
        "\n```\nTRAIN_FLOPS(params, tokens, [flops_per_param_token=6])\n```\n",
        "Topic: Training compute. Since 0.1.",
        "| `params` | parameters | above 0 parameters | must be given | Trainable parameters, the",
        "| `flops_per_param_token` | FLOP/(parameter·token) | above 0 FLOP/(parameter·token) | `6`",
        "Unit: FLOP.",
        "| `#NUM!` | `DomainError` | If params or flops_per_param_token is not above 0, or tokens",
        "Kaplan et al. 2020, [arXiv:2001.08361](https://arxiv.org/abs/2001.08361), section 2.1; ",
        "```\n=TRAIN_FLOPS(175E9,300E9)\n```",
        '```python\n>>> print(f"{train_flops(175e9, 300e9):.3g}")\n3.15e+23\n```',
        "```console\n$ xlcalc eval '=TRAIN_FLOPS(175E9,300E9)'\n3.15e+23\n```",
        "```\n=LAMBDA(params_,tokens_,[flops_per_param_token_],LET(",
        '```\n=IF(AND(COUNT("TRAIN_FLOPS(params,tokens,flops_per_param_token)",params,tokens)=2,',
    ):
        assert piece in page, piece


def test_a_page_says_why_a_function_needs_python_and_what_a_look_up_reads():
    assert "It needs Python wherever it is calculated: " in page_of(spec_of(BY_NAME["FX"]))
    looked_up = page_of(spec_of(BY_NAME["GPU_SPEC"]))
    assert "with its names `catalogue_gpu_fields`, `catalogue_gpu_figures`" in looked_up
    assert "As plain formulas, its steps stand on a sheet of workings." in looked_up


def test_every_function_has_a_page_whose_tables_are_whole():
    pages = pages_of(specs())
    assert 1 + len(specs()) == len(pages)
    for spec in specs():
        page = pages[f"{spec.name.lower()}.md"]
        assert f"# {spec.name}\n" in page
        rows = [line for line in page.splitlines() if line.startswith("| ")]
        assert [] == [row for row in rows if len(re.findall(r"(?<!\\)\|", row)) not in (4, 6)]
        assert f"[{spec.name}]({spec.name.lower()}.md)" in pages["index.md"]
    assert pages == pages_of(specs())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a_b _c_ d_", r"a_b \_c\_ d\_"),
        ("<script> & [x](y) | `code`", r"\<script\> &amp; \[x\](y) \| \`code\`"),
        ("# no heading", r"\# no heading"),
        ("- no list", r"\- no list"),
        ("2026. A year", r"2026\. A year"),
        ("0.1 is a number, -1 too", "0.1 is a number, -1 too"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_shows_a_text_as_it_is(text, expected):
    assert expected == escaped(text)


def plugin(folder):
    path = folder / "acme.py"
    path.write_text(
        f'''{HEAD}

@worksheet("Costs | <x>", since="7", formerly={{"ACME_TEAM": "6"}})
def acme_cost(engineers: Engineers, salary: Money = 100.0) -> Money:
    """Return what a <b>team</b> costs | a month.

    Parameters
    ----------
    engineers : array_like [engineers]
        Engineers | `all` of [them](x).

    Raises
    ------
    DomainError
        If engineers is | below 0.

    References
    ----------
    Our <rules>, https://example.com/a_b, doi:10.1000/x_y.
    """
    return engineers * salary


FUNCTIONS = (acme_cost,)
''',
        encoding="utf-8",
    )
    return path


def test_the_command_writes_a_page_for_each_function_of_ones_own(tmp_path):
    path = plugin(tmp_path)
    done = xlcalc("--functions", path, "docs", "-o", "pages", cwd=tmp_path)
    assert ("wrote 1 function to pages\n", "", 0) == (done.stdout, done.stderr, done.returncode)
    assert {"acme_cost.md", "index.md"} == {file.name for file in (tmp_path / "pages").iterdir()}
    page = (tmp_path / "pages" / "acme_cost.md").read_text(encoding="utf-8")
    for piece in (
        r"Returns what a \<b\>team\</b\> costs \| a month.",
        r"Topic: Costs \| \<x\>. Since 7. Formerly ACME_TEAM (since 6). From the file acme.py.",
        r"| must be given | Engineers \| \`all\` of \[them\](x). |",
        r"Our \<rules\>, <https://example.com/a_b>, [doi:10.1000/x_y](https://doi.org/10.1000/x_y).",
        "=LAMBDA(engineers_,",
    ):
        assert piece in page, piece
    assert r"## Costs \| \<x\>" in (tmp_path / "pages" / "index.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_command_takes_some_functions_and_replaces_nothing_unasked(tmp_path):
    out = tmp_path / "pages"
    ask = ("docs", "train_flops", "GPU_SPEC", "-o", out)
    assert 0 == xlcalc(*ask).returncode
    assert {"train_flops.md", "gpu_spec.md", "index.md"} == {file.name for file in out.iterdir()}
    assert 0 == xlcalc(*ask).returncode  # they are the same
    (out / "gpu_spec.md").write_text("my own words")
    (out / "train_flops.md").unlink()
    done = xlcalc(*ask)
    assert (2, "") == (done.returncode, done.stdout)
    assert f"{out / 'gpu_spec.md'} exists; give another folder, or replace it with" in done.stderr
    assert not (out / "train_flops.md").exists()
    assert 0 == xlcalc(*ask, "--force").returncode
    assert (out / "gpu_spec.md").read_text(encoding="utf-8").startswith("# GPU_SPEC\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "no package or file adds functions; name one of xlcalc, or take all with --all"),
        (["TRAIN_FLOP"], 'there is no function "TRAIN_FLOP"; did you mean "TRAIN_FLOPS"?'),
        (["--all", "TRAIN_FLOPS"], "--all takes no NAME: it is every function"),
    ],
)
def test_a_bad_question_for_pages_is_one_sentence(arguments, sentence, tmp_path):
    done = xlcalc("docs", *arguments, cwd=tmp_path)
    assert (2, f"xlcalc: {sentence}\n") == (done.returncode, done.stderr)
    assert [] == list(tmp_path.iterdir())
