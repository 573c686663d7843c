"""The VBA of `xlcalc excel windows`: read by a grammar, and run as Excel runs it."""

import re
from typing import Any

import pytest
from pyopenvba.interpreter import VBAErrorValue

from tests.conftest import ROOT
from tests.udf_hosts import generate_vba
from tests.vba import Excel, array, each_kind_once, syntax_errors
from xlcalc import __version__
from xlcalc.hosts.windows.installed import installed_xlwings
from xlcalc.hosts.windows.vba_module import ERROR_NUMBERS, module_text
from xlcalc.hosts.windows.vba_texts import MAX_CONTINUATIONS, MAX_LINE, call, literal
from xlcalc.registry import BY_NAME, specs
from xlcalc.vba_words import RESERVED, usable
from xlcalc.worksheet import spec_of

FEW = tuple(
    spec_of(BY_NAME[name])
    for name in ("TRAIN_FLOPS", "MOE_PARAMS", "COMMITTED_RATE", "RENTAL_PRICE")
)
"""A function of numbers, and three of which an argument has a name that VBA cannot have."""
GOLDEN = ROOT / "tests/golden/xlwings_udfs.bas"
MODULE = module_text(specs(), "0.37.8")
LINES = MODULE.split("\r\n")
PROCEDURE = re.compile(r"^(?:Public|Private) (?:Function|Sub) (\w+)\((.*)\)", re.MULTILINE)

JOINING = """
Private told As String

Sub Describe(ParamArray texts() As Variant)
    told = Join(texts, "|")
End Sub

Function Joined() As String
{call}
    Joined = told
End Function
"""


def golden(version: str) -> str:
    """Return the module of a few functions for a version of xlwings."""
    text = module_text(FEW, version).replace("\r\n", "\n")
    return text.replace(f"xlcalc {__version__},", "xlcalc,")


@pytest.fixture(scope="module")
def generated() -> dict[str, Any]:
    """The VBA and the help that xlwings itself makes."""
    return generate_vba()


@pytest.fixture(scope="module")
def excel() -> Excel:
    return Excel(MODULE)


def test_the_module_is_as_it_was():
    # `python -m tests.test_vba_module` writes the file again.
    was = GOLDEN.read_text(encoding="ascii")
    [version] = re.findall(r"for xlwings ([\d.]+)\. Made by", was)
    assert was == golden(version)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("RENTAL_PRICE", "currency_", "currency"),
        ("TRAIN_FLOPS", "Then On Error", "On Error"),
        ("TRAIN_FLOPS", "End Function", "End"),
    ],
)
def test_a_grammar_of_vba_tells_a_module_from_a_spoilt_one(name, right, wrong):
    module = module_text([spec_of(BY_NAME[name])], "0.37.8")
    # The functions stand before what serves them all, which the whole module is read for.
    function = module.partition("' Whether Python answers")[0]
    assert right in function
    assert [] == syntax_errors(function)
    assert [] != syntax_errors(function.replace(right, wrong))


@pytest.mark.slow
def test_a_grammar_of_vba_reads_the_whole_module():
    assert [] == syntax_errors(each_kind_once(MODULE))
    goes_on = call("Describe", ["name", "a", "b"], "    ").replace("\n", "\r\n")
    assert 3 == goes_on.count(" _\r\n        ")
    module = f'Attribute VB_Name = "x"\r\nSub Help()\r\n{goes_on}\r\nEnd Sub\r\n'
    assert [] == syntax_errors(module)


def test_the_grammar_reads_each_procedure_that_it_can_tell_from_the_others():
    one, like, unlike = (
        f"Public Function {name}({argument})\r\nEnd Function\r\n\r\n"
        for name, argument in (("ONE", "tokens"), ("TWO", "flops"), ("THREE", "type"))
    )
    assert f"Option Explicit\r\n{one}{unlike}" == each_kind_once(
        f"Option Explicit\r\n{one}{like}{unlike}"
    )


@pytest.mark.slow
def test_a_call_is_the_one_that_xlwings_writes_itself(generated):
    calls = re.findall(r"XLPy\.CallUDF\((.*)\)$", generated["vba"], re.MULTILINE)
    theirs = {text for text in calls if "Application.Caller" in text}
    ours = set(re.findall(r"XlcalcResult\(XLPy\.CallUDF\((.*)\)\)\r$", MODULE, re.MULTILINE))
    assert len(BY_NAME) == len(ours)
    assert theirs == ours


def test_every_function_has_its_arguments_in_order():
    signatures = dict(PROCEDURE.findall(MODULE))
    for spec in specs():
        names = re.sub("Optional ", "", signatures[spec.name]).split(", ")
        assert [argument.name for argument in spec.arguments] == [
            n.removesuffix("_") for n in names
        ]
        declared = [text.startswith("Optional ") for text in signatures[spec.name].split(", ")]
        assert [argument.optional for argument in spec.arguments] == declared


def test_no_name_is_a_word_of_vba_or_twice_in_its_place():
    procedures = PROCEDURE.findall(MODULE)
    names = [name.lower() for name, _ in procedures]
    assert len(names) == len(set(names))
    for name, parameters in procedures:
        words = re.sub(r"Optional |ByVal |ParamArray | As \w+|\(\)", "", parameters)
        own = [word.lower() for word in words.split(", ") if word]
        assert not {name.lower(), *own} & RESERVED
        # The name of a function is its result, and a label is a name, too.
        assert sorted({*own, name.lower(), "xlcalcfailed"}) == sorted(
            [*own, name.lower(), "xlcalcfailed"]
        )
        assert not re.fullmatch(r"[A-Z]{1,3}[0-9]+", name)
    assert "Shared_" == usable("Shared", "F")
    assert "f_" == usable("f", "F")
    assert "tokens" == usable("tokens", "F")


def test_the_module_keeps_to_the_limits_of_the_editor():
    assert MODULE.isascii()
    assert "#If" not in MODULE
    assert "#Const" not in MODULE
    assert 1023 == MAX_LINE >= max(map(len, LINES))
    goes_on = "".join("c" if line.endswith(" _") else "." for line in LINES)
    assert 24 == MAX_CONTINUATIONS >= max(map(len, goes_on.split(".")))
    bodies = re.split(r"^End (?:Sub|Function)\r$", MODULE, flags=re.MULTILINE)
    assert 64 * 1024 > max(map(len, bodies))
    assert 60 >= max(len(spec.arguments) for spec in specs())


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ('""', ""),
        ('"a ""b"""', 'a "b"'),
        ('"m" & ChrW(178)', "m²"),
        ("ChrW(22823) & ChrW(10)", "大\n"),
        ("ChrW(55357) & ChrW(56832)", "😀"),
    ],
)
def test_a_text_is_written_in_ascii(expected, text):
    assert expected == literal(text)


def test_a_long_call_goes_on_in_short_lines():
    short = call("Describe", ["name", "a & b"], "  ")
    assert '  Describe _\n      "name", _\n      "a & b"' == short
    for texts in (["x" * 3000, "y"], ["大" * 255], [f"number {n}" for n in range(60)]):
        lines = call("Describe", texts, "").split("\n")
        assert MAX_LINE >= max(map(len, lines))
        assert MAX_CONTINUATIONS >= len(lines) - 1
        assert "|".join(texts) == Excel(JOINING.format(call="\n".join(lines))).call("Joined")
    with pytest.raises(ValueError, match="more texts than a statement"):
        call("Describe", ["x" * 900] * 30, "")


@pytest.mark.parametrize(
    ("expected", "name", "arguments"),
    [
        pytest.param(5.88e22, "TRAIN_FLOPS", (7e9, 1.4e12), id="argument left out"),
        pytest.param(4.9e22, "TRAIN_FLOPS", (7e9, 1.4e12, 5.0), id="argument given"),
        pytest.param("#NUM!", "TRAIN_FLOPS", (-1.0, 1.4e12), id="out of domain"),
        pytest.param("#VALUE!", "TRAIN_FLOPS", ("7e9", 1.4e12), id="text"),
        pytest.param("#N/A", "GPU_SPEC", ("nothing", "tdp_w"), id="not found"),
        pytest.param("#DIV/0!", "TRAIN_FLOPS", (VBAErrorValue(2007), 1.0), id="error as argument"),
        pytest.param("H100 SXM5 80GB", "GPU_SPEC", ("H100", "name"), id="text as result"),
        pytest.param(
            [[6.0], ["#NUM!"], ["#N/A"]],
            "TRAIN_FLOPS",
            (array([[1.0], [0.0], [VBAErrorValue(2042)]]), 1.0),
            id="one bad row is one bad row",
        ),
        pytest.param(
            [[6e18, 1.2e19], [1.2e19, 2.4e19]],
            "TRAIN_FLOPS",
            (array([[1e9, 2e9]]), array([[1e9], [2e9]])),
            id="ranges",
        ),
        pytest.param(6.0, "TRAIN_FLOPS", (array([[1.0]]), array([[1.0]])), id="ranges of a cell"),
    ],
)
def test_a_cell_shows_numbers_and_real_errors(excel, expected, name, arguments):
    assert expected == excel.call(name, *arguments)


@pytest.mark.parametrize("code", ERROR_NUMBERS)
def test_every_error_comes_and_goes_as_the_same_error(excel, code):
    assert code == excel.call("TRAIN_FLOPS", VBAErrorValue(ERROR_NUMBERS[code]), 1.0)


def test_every_function_can_be_called_through_vba(excel):
    assert len(BY_NAME) == len(specs())
    for spec in specs():
        # Too few arguments for most of them: an answer of Python's, and no failure of VBA's.
        shown = excel.call(spec.name, *[1.0] * spec.required)
        assert isinstance(shown, float | str), spec.name
    assert "Python answers." == excel.call("XLCALC_STATUS")


def test_without_python_a_cell_shows_an_error_and_the_status_says_why():
    excel = Excel(module_text(FEW, "0.37.8"))
    assert "Python answers." == excel.call("XLCALC_STATUS")
    excel.python.fails = "Could not load xlwings64-0.37.8.dll"
    assert "#VALUE!" == excel.call("TRAIN_FLOPS", 7e9, 1.4e12)
    assert "Could not load xlwings64-0.37.8.dll" == excel.call("XLCALC_STATUS")
    excel.python.fails = ""
    assert "Python answers. The last failure: Could not load xlwings64-0.37.8.dll" == excel.call(
        "XLCALC_STATUS"
    )


@pytest.mark.parametrize("saved", [True, False])
def test_opening_the_workbook_gives_excel_the_help_of_every_function(saved, generated):
    excel = Excel(MODULE)
    excel.workbook.saved = saved
    excel.call("Auto_Open")
    assert saved is excel.workbook.saved
    theirs = generated["options"]
    assert len(BY_NAME) == len(excel.application.described)
    for spec in specs():
        told = excel.application.described[f"'Dave''s budget.xlsm'!{spec.name}"]
        assert "xlcalc" == told["Category"]
        assert theirs[spec.name]["Description"] == told["Description"]
        assert theirs[spec.name]["ArgumentDescriptions"] == told["ArgumentDescriptions"]
        assert 255 >= max(map(len, (told["Description"], *told["ArgumentDescriptions"])))
    help_of = excel.application.described["'Dave''s budget.xlsm'!TRAIN_FLOPS"]["HelpFile"]
    assert "https://arxiv.org/abs/2001.08361" == help_of


if __name__ == "__main__":
    GOLDEN.write_text(golden(installed_xlwings().version), encoding="ascii", newline="\n")
