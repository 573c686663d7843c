"""A server on loopback, and its add-in in headless Chromium, with a stand-in for Office.js."""

import re
import time
import xml.etree.ElementTree as ET  # what is read is our own
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from tests.marks import needs_chromium
from tests.office_server import Server, chromium, task_pane
from tests.test_server_project import write_certificate
from xlcalc.hosts.server.project import Wanted, write_project
from xlcalc.quantities import Choice
from xlcalc.registry import BY_NAME, specs

pytestmark = pytest.mark.slow

STOCK = {"type": "LinkedEntity", "text": "MSFT", "basicType": "Error", "basicValue": "#VALUE!"}
STOCK_SENTENCE = 'a cell holds "MSFT", a data type; point to the field that is meant, as A1.Price'
ROWS = 100_000


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    write_project(folder, Wanted())
    running = Server(folder)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pane(browser, server):
    return task_pane(browser, server)


def test_the_health_check_calculates(server):
    health = server.json("/health")
    assert ("ok", len(BY_NAME), "XLCALC") == (
        health["status"],
        health["functions"],
        health["namespace"],
    )


def test_the_metadata_offers_choices_with_tooltips_and_links_to_help(server):
    found = server.json("/xlwings/custom-functions-meta.json")
    assert found["allowErrorForDataTypeAny"]
    assert found["allowCustomDataForDataTypeAny"]
    functions = {one["name"]: one for one in found["functions"]}
    enums = {one["id"]: one for one in found["enums"]}
    assert {*BY_NAME, "GPU", "MODEL", "PRICE"} == set(functions)
    for spec in specs():
        one = functions[spec.name]
        assert f"https://localhost:8000/help/{spec.name}" == one["helpUrl"]
        for argument, parameter in zip(spec.arguments, one["parameters"], strict=True):
            if not isinstance(argument.kind, Choice):
                assert ("any", "matrix") == (parameter["type"], parameter["dimensionality"])
                continue
            # Office.js offers choices for single values alone.
            assert ("string", "scalar") == (parameter["type"], parameter["dimensionality"])
            values = enums[parameter["customEnumId"]]["values"]
            assert list(argument.kind.options) == [value["stringValue"] for value in values]
            assert list(argument.kind.notes) == [value["tooltip"] for value in values]
    assert 20 == sum("customEnumId" in p for s in specs() for p in functions[s.name]["parameters"])


def test_the_code_keeps_results_and_names_every_function(server):
    code = server.get("/xlwings/custom-functions-code.js")[1].decode()
    assert len(BY_NAME) + 3 == code.count("isCached: true")
    assert "isCached: false" not in code


def test_the_manifest_is_whole_and_every_address_in_it_is_served(server):
    text = server.get("/manifest")[1].decode()
    root = ET.fromstring(text)  # noqa: S314
    space = {"a": "http://schemas.microsoft.com/office/appforoffice/1.1"}
    assert "b8dc8425-f8d3-46ac-b5e6-ef778842cd17" == root.findtext("a:Id", None, space)
    strings = {e.get("id"): e.get("DefaultValue") for e in root.iter() if e.get("id")}
    assert "XLCALC" == strings["Namespace"]
    named = {e.get("resid") for e in root.iter() if e.get("resid")}
    assert set() == named - set(strings)
    addresses = {
        value
        for e in root.iter()
        if (value := e.get("DefaultValue") or e.text or "").startswith("https://")
    }
    assert 8 == len(addresses - {"https://localhost:8000"})
    for address in addresses:
        path = address.removeprefix("https://localhost:8000")
        assert address != path
        assert 200 == server.get(path or "/")[0], address


def child_orders(root):
    """Return, for each kind of element, the pairs of kinds that follow each other inside it."""
    orders = {}
    for parent in root.iter():
        kinds = list(dict.fromkeys(child.tag for child in parent))
        orders.setdefault(parent.tag, set()).update(pairwise(kinds))
    return orders


def test_the_manifest_has_its_elements_in_the_order_of_the_one_of_xlwings(server):
    # Excel refuses a manifest with another order, and says little of the reason.
    ours = child_orders(ET.fromstring(server.get("/manifest")[1]))  # noqa: S314
    # Its import would turn xlwings into a server's in this process.
    package = Path(find_spec("xlwings_server").origin).parent
    made = package / "templates" / "manifest.xml"
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", made.read_text(encoding="utf-8"))
    theirs = child_orders(ET.fromstring(text))  # noqa: S314
    common = ours.keys() & theirs.keys()
    assert len(common) > 15
    for kind in common:
        assert not {(second, first) for first, second in ours[kind]} & theirs[kind], kind


def test_each_function_has_a_page_of_help(server):
    assert b"TRAIN_FLOPS" in server.get("/help")[1]
    for name in ("TRAIN_FLOPS", "price"):
        status, page = server.get(f"/help/{name}")
        assert 200 == status
        assert b"<h2>Source</h2>" in page
    assert 404 == server.get("/help/NO_SUCH")[0]


def test_a_hundred_thousand_rows_take_at_most_three_seconds_of_a_processor(server):
    column = [[7e9 + row] for row in range(ROWS)]
    before = server.cpu_seconds()
    result = server.call("TRAIN_FLOPS", column, column, None)
    spent = server.cpu_seconds() - before
    assert ROWS == len(result)
    assert [2.94e20] == server.call("TRAIN_FLOPS", [[7e9]], [[7e9]], None)[0]
    assert spent <= 3.0


def test_a_stock_in_a_range_is_an_error_in_its_row_for_every_client(server):
    wrong = {"type": "Error", "errorType": "Value", "message": STOCK_SENTENCE}
    assert [[6.0], [wrong]] == server.call("TRAIN_FLOPS", [[1], [STOCK]], [[1]], None)


def test_a_range_of_choices_that_a_client_sends_is_taken_row_by_row(server):
    rows = server.call("GPU_SPEC", [["H100"], ["A100"]], [["tdp_w"]])
    assert [[700.0], [400.0]] == rows
    low, high = server.call("RENTAL_PRICE", [["H100"]], None, [["low"], ["high"]], None, None, None)
    assert low < high


def test_a_server_below_a_path_serves_its_pages_there(tmp_path):
    write_project(tmp_path, Wanted(namespace="ACME", url="https://acme.com/xl"))
    running = Server(tmp_path, "/xl")
    try:
        assert "ACME" == running.json("/xl/functions.json")["namespace"]
        manifest = running.get("/xl/manifest")[1].decode()
        assert 'DefaultValue="https://acme.com/xl/taskpane.html"' in manifest
        assert 'DefaultValue="https://acme.com/xl/static/images/icons/xlcalc-32.png"' in manifest
        assert 200 == running.get("/xl/static/js/values.js")[0]
        pane = running.get("/xl/taskpane.html")[1].decode()
        assert 'src="/xl/static/js/values.js"' in pane
    finally:
        running.stop()


def test_a_server_with_a_certificate_answers_over_https(tmp_path):
    certificate, key = write_certificate(tmp_path / "certs")
    write_project(tmp_path, Wanted(), force=True)
    running = Server(tmp_path, options=("--certfile", str(certificate), "--keyfile", str(key)))
    try:
        assert "ok" == running.json("/health")["status"]
    finally:
        running.stop()


def cell(pane, name, *arguments):
    return pane.evaluate("given => excelCell(...given)", [name, *arguments])


def number(value, text="0.00E+00"):
    return {"value": pytest.approx(value, rel=1e-15), "format": text}


@needs_chromium
def test_the_pane_loads_without_an_error_and_registers_every_function(pane):
    names = pane.evaluate("excelFunctions()")
    assert sorted([*BY_NAME, "GPU", "MODEL", "PRICE"]) == sorted(names)
    assert [] == pane.wrong


@needs_chromium
@pytest.mark.parametrize(
    ("expected", "call"),
    [
        pytest.param([[number(5.88e22)]], ("TRAIN_FLOPS", 7e9, 1.4e12), id="scalars"),
        pytest.param([[number(7.84e22)]], ("TRAIN_FLOPS", 7e9, 1.4e12, 8), id="all arguments"),
        pytest.param([[number(5.88e22)]], ("TRAIN_FLOPS", 7e9, 1.4e12, ""), id="an empty cell"),
        pytest.param(
            [[number(6.0), number(12.0)], [number(12.0), number(24.0)]],
            ("TRAIN_FLOPS", [[1, 2]], [[1], [2]]),
            id="ranges across each other",
        ),
        pytest.param([[{"value": "NVIDIA"}]], ("GPU_SPEC", "H100", "vendor"), id="a text"),
        pytest.param([[{"value": 700}]], ("GPU_SPEC", "H100", "tdp_w"), id="a bare number"),
        pytest.param(
            [[{"error": "#NUM!", "hover": ""}]], ("TRAIN_FLOPS", -1, 1), id="out of domain"
        ),
        pytest.param(
            [[{"error": "#VALUE!", "hover": "params [parameters] is missing"}]],
            ("TRAIN_FLOPS", "", 1),
            id="a missing argument",
        ),
        pytest.param(
            [[{"error": "#N/A", "hover": 'the catalogue has no GPU "nope"'}]],
            ("GPU_SPEC", "nope", "tdp_w"),
            id="an unknown name",
        ),
        pytest.param(
            [[{"error": "#VALUE!", "hover": STOCK_SENTENCE}]],
            ("TRAIN_FLOPS", STOCK, 1),
            id="a stock",
        ),
        pytest.param(
            [[{"error": "#VALUE!", "hover": STOCK_SENTENCE}], [number(6.0)]],
            ("TRAIN_FLOPS", [[STOCK], [1]], 1),
            id="a stock at the head of a range",
        ),
        pytest.param(
            [[number(6.0)], [{"error": "#VALUE!", "hover": STOCK_SENTENCE}]],
            ("TRAIN_FLOPS", [[1], [STOCK]], 1),
            id="a stock inside a range",
        ),
    ],
)
def test_a_cell_shows_what_python_returns(expected, call, pane):
    assert expected == cell(pane, *call)


@needs_chromium
@pytest.mark.parametrize(
    ("shown", "code"),
    [
        *((code, code) for code in ("#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#VALUE!")),
        *(("#VALUE!", code) for code in ("#NAME?", "#REF!", "#BUSY!", "#SPILL!", "#CALC!")),
        *(("#VALUE!", code) for code in ("#FIELD!", "#GETTING_DATA", "#BLOCKED!")),
    ],
)
def test_an_error_that_arrives_comes_back_as_one_and_is_named(shown, code, pane):
    error = {"type": "Error", "basicType": "Error", "basicValue": code, "errorType": "Any"}
    sentence = f"a cell that the formula needs is {code}"
    hover = sentence if shown in {"#VALUE!", "#N/A"} else ""
    assert [[{"error": shown, "hover": hover}]] == cell(pane, "TRAIN_FLOPS", error, 1)
    assert sentence == pane.evaluate("xlcalcFailures[0].sentence")
    got = cell(pane, "TRAIN_FLOPS", [[error], [1]], 1)
    assert [[{"error": shown, "hover": hover}], [number(6.0)]] == got


@needs_chromium
def test_the_pane_lists_the_sentences_that_excel_does_not_show(pane):
    cell(pane, "TRAIN_FLOPS", -1, 1)
    shown = pane.locator("#failure-list li").first.text_content()
    assert "#NUM!params must be above 0 parameters, got -1" in shown
    assert pane.locator("#failures").is_visible()


@needs_chromium
def test_cards_arrive_and_count_for_their_names_in_other_functions(pane):
    [[gpu]] = cell(pane, "GPU", "H100")
    assert "H100 SXM5 80GB" == gpu["card"]
    assert {"peak_tflops", "source_url", "confidence", "as_of"} <= set(gpu["fields"])
    [[price]] = cell(pane, "PRICE", "H100", None, "low")
    assert ("#,##0.00", True) == (price["format"], "source" in price["fields"])
    used = pane.evaluate(
        """async () => {
            const cards = await excelRaw("GPU", [["H100"], ["A100"]]);
            return excelCell("GPU_SPEC", cards, "tdp_w");
        }"""
    )
    assert [[{"value": 700}], [{"value": 400}]] == used


@needs_chromium
def test_a_thousand_rows_and_two_hundred_cells_at_once_are_answered(pane):
    column = [[1e9 + row] for row in range(1000)]
    result = cell(pane, "TRAIN_FLOPS", column, 1)
    assert (1000, [number(6e9)]) == (len(result), result[0])
    at_once = pane.evaluate(
        "Promise.all([...Array(200)].map((_, i) => excelCell('TRAIN_FLOPS', 1e6 + i, 1)))"
    )
    assert [[[number(6e6 + 6 * place)]] for place in range(200)] == at_once


@needs_chromium
def test_the_same_call_is_answered_without_the_server(pane):
    posts = []
    pane.on("request", lambda request: posts.append(request.method))
    first = cell(pane, "TRAIN_FLOPS", 123.0, 7)
    second = cell(pane, "TRAIN_FLOPS", 123.0, 7)
    assert [[number(5166.0)]] == first == second
    assert 1 == posts.count("POST")


@needs_chromium
def test_calls_during_a_restart_wait_for_the_server(server, pane):
    pane.evaluate(
        """() => {
            const later = (i) => new Promise((done) => setTimeout(done, 100 * i));
            globalThis.waiting = Promise.all([...Array(20)].map((_, i) =>
                later(i).then(() => excelCell("TRAIN_FLOPS", 5e6 + i, 3))));
        }"""
    )
    time.sleep(0.5)
    server.stop()
    pane.wait_for_timeout(1500)
    server.start()
    assert [[[number(18 * (5e6 + i))]] for i in range(20)] == pane.evaluate("waiting")


@needs_chromium
def test_a_call_gives_up_on_a_server_that_stays_away(browser, tmp_path):
    write_project(tmp_path, Wanted())
    running = Server(tmp_path)
    try:
        page = task_pane(browser, running, own_clock=True)
    finally:
        running.stop()
    page.evaluate("() => { excelRaw('GPU_COST', [[1]], [[1]]).catch((e) => { got = e; }); }")
    for _ in range(60):
        page.clock.run_for(2000)
        if page.evaluate("typeof got !== 'undefined'"):
            break
        time.sleep(0.05)
    told = "The server of these functions does not answer; calculate again with Ctrl+Alt+F9 later"
    assert ["#N/A", told] == page.evaluate("[got.code, got.message]")
    page.close()


@needs_chromium
def test_an_older_excel_gets_bare_numbers(pane):
    pane.evaluate("excelSets.CustomFunctionsRuntime = 1.3")
    assert [[{"value": 36}]] == cell(pane, "TRAIN_FLOPS", 2, 3)
    pane.evaluate("excelSets.CustomFunctionsRuntime = 1.4")
    assert [[number(36)]] == cell(pane, "TRAIN_FLOPS", 2, 3)


@needs_chromium
def test_a_function_is_found_filled_in_and_inserted(pane):
    pane.fill("#search", "rented GPU cost")
    pane.wait_for_selector(".entry")
    assert pane.locator(".entry b").all_text_contents()[0] == "RENTAL_PRICE"
    pane.locator(".entry").first.click()
    assert '=XLCALC.RENTAL_PRICE("H100 SXM5 80GB")' == pane.text_content("#formula")
    pane.fill("#argument-gpu", "A2")
    pane.select_option("#argument-terms", "spot")
    assert "By the hour, while nobody bids more" in pane.text_content("#arguments")
    pane.click("#insert")
    pane.wait_for_selector("#done.good")
    assert ['=XLCALC.RENTAL_PRICE(A2,,,"spot")'] == pane.evaluate("excelInserted")
    assert "Inserted into Sheet1!B2." == pane.text_content("#done")
    pane.fill("#argument-gpu", "")
    assert pane.locator("#insert").is_disabled()
    assert "Still needed: gpu" == pane.text_content("#done")


@pytest.mark.thorough
@pytest.mark.slow
@needs_chromium
def test_the_pane_says_why_excel_did_not_take_a_formula(pane):
    pane.fill("#search", "train flops")
    pane.locator(".entry").first.click()
    assert "above 0 parameters" in pane.text_content("#arguments")
    assert "parameters" in pane.text_content("#arguments label .unit >> nth=0")
    assert "Kaplan et al. 2020" in pane.text_content("#source")
    pane.evaluate("globalThis.__refuseFormulas = true")
    pane.click("#insert")
    pane.wait_for_selector("#done.bad")
    assert "Excel did not take the formula: The argument is invalid" == pane.text_content("#done")
    pane.evaluate("globalThis.__refuseFormulas = false")
    pane.fill("#search", "zzz")
    assert "No function has all of these words." == pane.text_content("#count")
