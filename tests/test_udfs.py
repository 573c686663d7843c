"""The UDF module, in each host that xlwings has."""

import inspect
import re
import subprocess
import sys

import pytest
import xlcalc_udfs

from tests.udf_hosts import ask_server, call_server, generate_vba
from xlcalc.registry import BY_NAME, specs
from xlcalc.vba_words import usable

NOT_AVAILABLE = {"type": "Error", "errorType": "NotAvailable"}
NUM = {"type": "Error", "errorType": "Num"}
VALUE = {"type": "Error", "errorType": "Value"}


def test_every_function_is_exposed_under_its_excel_name():
    assert sorted(BY_NAME) == sorted(xlcalc_udfs.__all__)
    for spec in specs():
        assert spec.name == getattr(xlcalc_udfs, spec.name).__name__


def test_as_plain_python_the_functions_take_and_return_cells():
    assert 5.88e22 == xlcalc_udfs.TRAIN_FLOPS(7e9, 1.4e12)
    assert 5.88e22 == xlcalc_udfs.TRAIN_FLOPS(7e9, 1.4e12, None)
    assert [[18.0], ["#NUM!"]] == xlcalc_udfs.TRAIN_FLOPS([[1.0], [-2.0]], [[3.0]])
    assert "#N/A" == xlcalc_udfs.GPU_SPEC("no such thing", "tdp_w")
    assert 400.0 == xlcalc_udfs.GPU_SPEC([["A100 SXM 80GB"]], [["tdp_w"]])


@pytest.mark.parametrize(
    ("expected", "arguments"),
    [
        pytest.param([[5.88e22]], ([[7e9]], [[1.4e12]], [[6]]), id="scalar"),
        pytest.param([[5.88e22]], ([[7e9]], [[1.4e12]], None), id="omitted argument"),
        pytest.param([[5.88e22]], ([[7e9]], [[1.4e12]], [[""]]), id="empty optional cell"),
        pytest.param([[VALUE]], ([[""]], [[1.4e12]], None), id="empty required cell"),
        pytest.param([[VALUE]], (None, [[1.4e12]], None), id="missing required argument"),
        pytest.param(
            [[6e18, 1.2e19], [1.2e19, 2.4e19]], ([[1e9, 2e9]], [[1e9], [2e9]]), id="ranges"
        ),
        pytest.param([[VALUE]], ([["7e9"]], [[1.4e12]], None), id="text"),
        pytest.param([[VALUE]], ([[True]], [[1.4e12]], None), id="TRUE"),
        pytest.param([[NUM]], ([[-1]], [[1.4e12]], None), id="out of domain"),
        pytest.param([[NUM]], ([[1e200]], [[1e200]], None), id="result not finite"),
        pytest.param(
            [[NOT_AVAILABLE]],
            ([[{"type": "Error", "basicValue": "#N/A"}]], [[1.4e12]], None),
            id="error cell",
        ),
        pytest.param(
            [[6.0], [NUM], [VALUE], [VALUE], [NOT_AVAILABLE], [VALUE]],
            ([[1], [0], ["x"], [""], [{"type": "Error", "basicValue": "#N/A"}], [False]], [[1]]),
            id="one bad row is one bad row",
        ),
        pytest.param([[VALUE]], ([[1], [2]], [[1], [2], [3]]), id="ranges that do not broadcast"),
    ],
)
def test_the_server_returns_numbers_and_error_objects(expected, arguments):
    assert expected == call_server("TRAIN_FLOPS", *arguments)


def test_the_server_looks_up_names_and_flags():
    assert [[312.0], [NOT_AVAILABLE]] == call_server(
        "GPU_SPEC", [["A100 SXM 80GB"], ["nothing"]], [["peak_tflops"]]
    )
    shape = ([[32]], [[4096]], [[11008]], [[32]], [[32]], [[128]], [[32000]], None)
    assert [[6607343616.0]] == call_server("MODEL_PARAMS", *shape, [[True]])
    assert [[VALUE]] == call_server("MODEL_PARAMS", *shape, [["yes"]])
    assert [[VALUE]] == call_server("ITERATION_FLOPS", *([[1.0]] * 1 for _ in range(5)), [["odd"]])


def test_the_server_describes_every_function_to_office():
    functions = {function["name"]: function for function in ask_server("meta")["functions"]}
    assert sorted([*BY_NAME, "GPU", "MODEL", "PRICE"]) == sorted(functions)
    for spec in specs():
        parameters = functions[spec.name]["parameters"]
        assert [a.name for a in spec.arguments] == [p["name"] for p in parameters]
        assert [a.optional for a in spec.arguments] == [
            p.get("optional", False) for p in parameters
        ]
        assert functions[spec.name]["description"].startswith(spec.summary)


def test_choices_are_drop_downs_with_tooltips_where_office_js_speaks():
    meta = ask_server("meta")
    enums = {enum["id"]: enum for enum in meta["enums"]}
    values = enums["RENTAL_PRICE.BASIS"]["values"]
    assert ["median", "low", "high", "newest"] == [value["stringValue"] for value in values]
    assert "The lowest of the providers' prices" == values[1]["tooltip"]


def test_without_a_namespace_a_card_does_not_take_a_name_of_excel():
    names = {function["name"] for function in ask_server("formatted meta")["functions"]}
    assert {"GPU", "MODEL", "GPU_PRICE"} == names - set(BY_NAME)


def test_results_may_bring_their_number_format():
    number = {"type": "FormattedNumber", "basicValue": 5.88e22, "numberFormat": "0.00E+00"}
    asked = ["TRAIN_FLOPS", [[7e9], [-1]], [[1.4e12]], None]
    assert [[number], [NUM]] == ask_server({"formatted": asked})
    assert [[700.0]] == ask_server({"formatted": ["GPU_SPEC", [["H100"]], [["tdp_w"]]]})
    [[price]] = ask_server({"formatted": ["GPU_PRICE", [["H100"]]]})
    assert ("Double", "#,##0.00") == (price["type"], price["numberFormat"])


@pytest.mark.parametrize("code", ["#BUSY!", "#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA"])
def test_an_error_that_no_function_returns_is_an_error_in_its_row(code):
    wrong = {"type": "Error", "basicValue": code}
    assert [[VALUE], [6.0]] == call_server("TRAIN_FLOPS", [[wrong], [1]], [[1]], None)


def test_a_stock_in_a_range_is_an_error_in_its_row():
    stock = {"type": "LinkedEntity", "text": "MSFT", "properties": {}}
    assert [[6.0], [VALUE]] == call_server("TRAIN_FLOPS", [[1], [stock]], [[1]], None)


@pytest.mark.slow
def test_the_vba_that_xlwings_generates_names_every_function_and_argument():
    generated = generate_vba()
    signatures = dict(re.findall(r"^Function (\w+)\((.*)\)$", generated["vba"], re.MULTILINE))
    assert sorted(BY_NAME) == sorted(signatures)
    for spec in specs():
        names = [usable(argument.name, spec.name) for argument in spec.arguments]
        expected = [
            f"Optional {name}" if argument.optional else name
            for name, argument in zip(names, spec.arguments, strict=True)
        ]
        assert ", ".join(expected) == signatures[spec.name]
        options = generated["options"][spec.name]
        assert options["Category"] == "xlcalc"
        assert options["Description"].startswith(spec.summary[:200])
        for argument, text in zip(spec.arguments, options["ArgumentDescriptions"], strict=True):
            assert text.startswith(f"[{argument.kind.unit}] {argument.help[:100]}")
            assert len(text) <= 255


def test_the_wizard_can_show_the_names_of_all_arguments():
    for spec in specs():
        names = [usable(argument.name, spec.name) for argument in spec.arguments]
        assert "caller" not in names  # xlwings fills that one in itself
        assert len(names) + sum(map(len, names)) <= 254


def test_an_error_that_xlwings_does_not_know_is_no_number():
    spill = -2146826243
    assert "#VALUE!" == xlcalc_udfs.TRAIN_FLOPS([[spill]], [[1.0]])
    assert 12.0 == xlcalc_udfs.TRAIN_FLOPS([[2]], [[1.0]])


@pytest.mark.slow
def test_importing_the_module_loads_neither_openpyxl_nor_the_engine():
    code = "import sys, xlcalc_udfs; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"openpyxl", "formualizer", "click", "rich"} & set(done.stdout.split())


def test_the_module_imports_where_xlwings_is_on_a_server_and_where_it_is_not():
    for function in (getattr(xlcalc_udfs, name) for name in xlcalc_udfs.__all__):
        assert inspect.signature(function).parameters
    assert ask_server(["CHINCHILLA_TOKENS", [[70e9]]]) == [[1.4e12]]
