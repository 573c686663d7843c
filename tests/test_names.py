"""The module for Excel Labs, which `xlcalc excel names` writes."""

import re

import ironcalc
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.test_lambdas import agree, typed_call, typical
from xlcalc.cells import call_function
from xlcalc.cli.excel.names import names
from xlcalc.hosts.names import PREFIX, names_module
from xlcalc.lambdas import LOOKUPS, lambda_text
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import spec_of

TEXT = names_module(specs())
ENTRY = re.compile(r"^/\*\* (.*) \*/\n(\w+) = (LAMBDA\(.*\));$", re.MULTILINE)
ENTRIES = {name: (comment, formula) for comment, name, formula in ENTRY.findall(TEXT)}
LEFT_OUT = sorted({spec.name for spec in specs() if spec.untraceable} | set(LOOKUPS))


def test_every_function_is_an_entry_or_named_among_those_left_out():
    head = TEXT.partition("/**")[0]
    assert sorted(BY_NAME) == sorted([*ENTRIES, *LEFT_OUT])
    for name in LEFT_OUT:
        assert re.search(rf"\b{name}\b", head)


def test_an_entry_is_the_lambda_under_its_bare_name():
    for name, (comment, formula) in ENTRIES.items():
        spec = spec_of(BY_NAME[name])
        assert lambda_text(spec) == formula
        assert comment.startswith(spec.summary[:100])
        assert 255 >= len(comment)


def test_the_text_is_one_that_the_add_in_takes():
    assert "\t" not in TEXT
    assert "\r" not in TEXT
    rest = ENTRY.sub("", TEXT).splitlines()
    assert all(line.startswith("//") or not line for line in rest)
    assert TEXT.endswith(";\n")
    for _, formula in ENTRIES.values():
        assert ";" not in re.sub(r'"[^"]*"', "", formula)


@pytest.mark.slow
def test_an_engine_calculates_every_entry_under_the_name_of_the_module():
    model = ironcalc.create("names", "en", "UTC", "en")
    calls = {name: [typical(a) for a in spec_of(BY_NAME[name]).arguments] for name in ENTRIES}
    for row, (name, call) in enumerate(calls.items(), start=1):
        model.new_defined_name(f"{PREFIX}.{name}", None, ENTRIES[name][1])
        model.set_user_input(0, row, 2, typed_call(spec_of(BY_NAME[name]), call))
    model.evaluate()
    found = {name: model.get_cell_value(0, row, 2) for row, name in enumerate(calls, start=1)}
    expected = {name: call_function(BY_NAME[name], call) for name, call in calls.items()}
    assert len(BY_NAME) - len(LEFT_OUT) == len(found)
    assert [] == [name for name in found if not agree(expected[name], found[name])]
    assert "#NAME?" not in found.values()


def test_the_command_writes_the_text_and_replaces_nothing_unasked(tmp_path):
    target = tmp_path / "xlcalc.txt"
    done = CliRunner().invoke(names, ["-o", str(target)])
    assert (0, f"wrote {target}\n") == (done.exit_code, done.output)
    assert TEXT.encode() == target.read_bytes()
    target.write_text("mine")
    again = CliRunner().invoke(names, ["-o", str(target)])
    assert str(again.exception) == (
        f"{target} exists; give another name with -o, or replace it with --force"
    )
    assert "mine" == target.read_text()
    assert 0 == CliRunner().invoke(names, ["-o", str(target), "--force"]).exit_code
    assert TEXT.encode() == target.read_bytes()


def test_the_page_counts_the_names_and_those_left_out():
    page = (ROOT / "docs/hosts/names.md").read_text(encoding="utf-8")
    assert f"The module has {len(ENTRIES)} names" in page
    assert 11 == len(LEFT_OUT)
    assert "Left out are eleven functions" in page
