"""Many runs: a workbook each, and the summaries."""

import io
import zipfile

import openpyxl
import pytest

from tests.built import built, sample_report
from tests.workbooks import parts, small_workbook, zipped
from xlcalc.author.number_formats import shown
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError
from xlcalc.dialects import Form
from xlcalc.errors import (
    ConfigError,
    DialectError,
    NameNotFoundError,
    OutputError,
    TemplateNotFoundError,
    WorkbookError,
)
from xlcalc.runs.config import load_batch, load_config
from xlcalc.runs.report import run_report

CONFIG = """
template = "training_budget"
scenarios = "runs.csv"
output = "out"
columns = ["params", "total_cost"]
[guards]
total_cost = { at_most = 1e6 }
train_days = { at_least = 1e-3 }
"""
ALWAYS = ("manifest.jsonl", "origin.csv", "summary.csv", "summary.md", "summary.xlsx")
PUBLISHED = (
    "GPT-3",
    "Gopher",
    "Chinchilla",
    "PaLM",
    "LLaMA 65B",
    "Llama 2 70B",
    "Llama 3.1 405B",
    "BLOOM",
    "OPT",
    "Falcon 180B",
    "DBRX",
    "DeepSeek-V3",
    "500 B image",
)
RUNS = """scenario,params,tokens,gpu,currency
small,1e9,20e9,H100 SXM5 80GB,USD
large,70e9,15e12,H100 SXM5 80GB,USD
=wrong|name,1e9,20e9,H1000,USD
minus,-1e9,20e9,H100 SXM5 80GB,USD
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "report.toml").write_text(CONFIG)
    (tmp_path / "runs.csv").write_text(RUNS)
    return tmp_path


def test_the_bundled_sample_writes_every_published_run(tmp_path):
    runs = list(run_report(load_config(None, tmp_path / "reports")))
    assert len(runs) >= 13
    assert all(run.ok for run in runs)
    written = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert sorted([run.file for run in runs] + list(ALWAYS)) == written
    names = [str(run.values["run_name"]) for run in runs]
    for part in PUBLISHED:
        assert any(part in name for name in names)
    assert all(len(run.values["run_source"]) > 100 for run in runs)
    by_name = {run.scenario: run.values for run in runs}
    assert by_name["gpt-3-175b"]["train_days"] == pytest.approx(14.8, abs=0.05)
    assert by_name["deepseek-v3"]["gpu_hours"] == pytest.approx(2.664e6, rel=1e-3)
    assert by_name["llama-65b"]["carbon_tonnes"] == pytest.approx(173, abs=0.5)
    assert by_name["image-model-500b"]["train_flops"] == pytest.approx(9.216e26, rel=1e-12)
    assert by_name["image-model-500b"]["train_days"] == pytest.approx(30, abs=1e-4)


def test_the_sample_is_written_the_same_at_every_run(tmp_path):
    list(run_report(load_config(None, tmp_path)))
    for path in sample_report().iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


@pytest.mark.slow
def test_bad_runs_do_not_stop_good_ones(project):
    runs = {run.scenario: run for run in run_report(load_config(project / "report.toml"))}
    assert runs["small"].ok
    [broken] = runs["large"].broken
    assert broken.startswith("total_cost is 16,365,768.8")
    assert broken.endswith("at most 1,000,000 allowed")
    assert 'the catalogue has no GPU "H1000"' in runs["=wrong|name"].failure
    assert "params must be above 0 parameters, got -1000000000" == runs["minus"].failure
    written = {path.name for path in (project / "out").iterdir()}
    assert {"small.xlsx", "large.xlsx", "errors.csv", *ALWAYS} == written


def test_a_runs_workbook_holds_its_inputs_and_results(project):
    runs = list(run_report(load_config(project / "report.toml")))
    sheets = openpyxl.load_workbook(project / "out" / runs[0].file, data_only=True)
    assert [1e9, 20e9, "H100 SXM5 80GB"] == [
        sheets["Inputs"][cell].value for cell in ("C7", "C8", "C12")
    ]
    assert runs[0].values["total_cost"] == sheets["Calculation"]["C25"].value
    assert sheets["Checks"]["F6"].value is True


def test_the_markdown_summary_is_one_table_with_remarks(project):
    list(run_report(load_config(project / "report.toml")))
    text = (project / "out" / "summary.md").read_text()
    assert "2 of 4 runs of runs.csv written, 2 failed, 1 with a broken guard." in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {5} == {line.replace("\\|", "").count("|") for line in rows}
    assert "| [small](small.xlsx) | 1.00 B |" in text
    assert "=wrong\\|name" in text
    assert "**total\\_cost is" in text


def test_the_summary_workbook_lists_runs_with_links_and_a_chart(project):
    list(run_report(load_config(project / "report.toml")))
    workbook = openpyxl.load_workbook(project / "out" / "summary.xlsx")
    assert ["Summary", "All figures", "Notes"] == workbook.sheetnames
    sheet = workbook["Summary"]
    head, *rows = [list(row) for row in sheet.iter_rows(min_row=4, min_col=2, max_col=7)]
    assert ["Figure", "Unit", "small", "large", "=wrong|name", "minus"] == [c.value for c in head]
    assert "s" == head[4].data_type[0]
    assert "small.xlsx" == head[2].hyperlink.target
    assert head[4].hyperlink is None
    assert 1 == len(sheet._charts)
    units = [(row[0].value, row[1].value) for row in rows]
    assert ("Total cost", "USD") == units[0]
    assert [("Inputs", None), ("Parameters", "parameters")] == units[6:8]
    remarks = [row[1].value for row in rows if row[0].value == "=wrong|name"]
    assert "H1000" in remarks[0]


def test_the_summary_says_how_far_results_are_from_the_first_run(project):
    (project / "runs.csv").write_text("scenario,params\none,1e9\nfive,5e9\nhalf,5e8\n")
    list(run_report(load_config(project / "report.toml")))
    rows = openpyxl.load_workbook(project / "out" / "summary.xlsx")["Summary"].values
    cells = [row[1:6] for row in rows]
    head = [row[0] for row in cells].index("Difference from one")
    # A run takes FLOP, and costs dollars, in proportion to its parameters.
    [cost] = [row for row in cells[head:] if row[0] == "Total cost"]
    assert ("Total cost", "relative") == cost[:2]
    assert [0.0, 4.0, -0.5] == pytest.approx(list(cost[2:]))


@pytest.mark.slow
def test_a_figure_that_changes_its_sign_differs_by_its_amount(tmp_path):
    (tmp_path / "runs.csv").write_text("scenario,staff\nalone,0\nstaffed,1\n")
    config = tmp_path / "report.toml"
    config.write_text(
        'template = "inference_budget"\nscenarios = "runs.csv"\ncolumns = ["margin", "own_cost"]\n'
    )
    list(run_report(load_config(config)))
    rows = openpyxl.load_workbook(next(tmp_path.rglob("summary.xlsx")))["Summary"].values
    cells = [row[1:5] for row in rows]
    head = [row[0] for row in cells].index("Difference from alone")
    found = {row[0]: row[1:] for row in cells[head:] if row[0]}
    # One person costs 15,000 a month: 3,650 more than the API takes above own serving.
    assert ("USD/month", 0.0, -15_000.0) == pytest.approx(found["Margin of own serving"])
    assert ("relative", 0.0) == found["Own serving"][:2]
    assert 15_000 / 67_829.6 == pytest.approx(found["Own serving"][2])


def test_twelve_runs_of_a_budget_fit_a_page_in_letters_that_can_be_read(project):
    lines = "".join(f"llama-3.1-{n}b,{n}e9,A100\n" for n in range(101, 113))
    (project / "runs.csv").write_text("scenario,params,gpu\n" + lines)
    list(run_report(load_config(project / "report.toml")))
    sheet = openpyxl.load_workbook(project / "out" / "summary.xlsx")["Summary"]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (1, 1) == (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight)
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[4]]
    assert 15 == len(widths)
    assert 0.7 * 5.25 * sum(widths) <= 756


def test_the_published_runs_stand_on_one_page_with_their_results_first():
    sheet = openpyxl.load_workbook(sample_report() / "summary.xlsx")["Summary"]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    labels = [(row[1], row[2]) for row in sheet.values][4:8]
    assert [
        ("Total cost", "USD"),
        ("Cost of a million tokens", "USD/M tokens"),
        ("Training time", "days"),
        ("GPU-hours", "GPU-hours"),
    ] == labels


@pytest.mark.slow
def test_a_template_without_chosen_columns_shows_its_results_and_the_inputs_of_the_list(project):
    (project / "users.csv").write_text("scenario,daily_users\na,1e5\n")
    chosen = load_batch("inference_budget", project / "users.csv", project / "out").columns
    assert ("own_cost", "own_mtokens_cost", "api_month_cost", "margin", "api_verdict") == chosen[:5]
    assert ("checks_hold", "daily_users") == chosen[-2:]
    assert "model" not in chosen


def test_the_unit_is_left_out_where_currencies_differ(project):
    (project / "runs.csv").write_text("scenario,currency,currency_rate\na,USD,1\nb,CNY,7.2\n")
    list(run_report(load_config(project / "report.toml")))
    sheet = openpyxl.load_workbook(project / "out" / "summary.xlsx")["Summary"]
    [unit] = [row[2] for row in sheet.values if row[1] == "Total cost" and row[2] != "relative"]
    assert unit is None


@pytest.mark.slow
def test_the_job_summary_is_appended(project, monkeypatch, tmp_path):
    target = tmp_path / "step.md"
    target.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(target))
    list(run_report(load_config(project / "report.toml")))
    assert target.read_text().startswith("before\n## Training budget")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "step.md"))
    with pytest.raises(OutputError, match="cannot write the job summary"):
        list(run_report(load_config(project / "report.toml")))


def test_an_analysts_own_workbook_is_a_template_too(project):
    cells = {"A1": "Size", "B1": 1.0, "A2": "Compute", "B2": "=TRAIN_FLOPS(size,1)"}
    names = {"size": "B1", "compute": "B2"}
    (project / "own.xlsx").write_bytes(small_workbook(cells, names))
    (project / "own.csv").write_text("scenario,size\na,2\nb,3\n")
    (project / "own.toml").write_text('workbook = "own.xlsx"\nscenarios = "own.csv"\n')
    runs = list(run_report(load_config(project / "own.toml")))
    assert [12.0, 18.0] == [run.values["compute"] for run in runs]
    assert (project / "reports" / "a.xlsx").exists()


@pytest.mark.parametrize(
    ("guard", "remarks"),
    [
        ("at_most = 4", ["", "", "twice is 4.2, at most 4 allowed"]),
        ("at_least = 4", ["twice is 3.8, at least 4 required", "", ""]),
        (
            "at_least = 4, at_most = 4",
            ["twice is 3.8, at least 4 required", "", "twice is 4.2, at most 4 allowed"],
        ),
    ],
)
def test_a_guard_lets_its_own_bound_pass(project, guard, remarks):
    cells, names = {"A1": 1.0, "A2": "=A1*2"}, {"size": "A1", "twice": "A2"}
    (project / "own.xlsx").write_bytes(small_workbook(cells, names))
    (project / "own.csv").write_text("scenario,size\na,1.9\nb,2\nc,2.1\n")
    (project / "own.toml").write_text(
        f'workbook = "own.xlsx"\nscenarios = "own.csv"\n[guards]\ntwice = {{ {guard} }}\n'
    )
    runs = list(run_report(load_config(project / "own.toml")))
    assert remarks == [run.remark for run in runs]
    assert [remark == "" for remark in remarks] == [run.ok for run in runs]


def test_a_guard_is_broken_by_what_is_no_number(project):
    cells, names = {"A1": 1.0, "A2": '=IF(A1>2,"none",A1)'}, {"size": "A1", "most": "A2"}
    (project / "own.xlsx").write_bytes(small_workbook(cells, names))
    (project / "own.csv").write_text("scenario,size\na,2\nb,3\n")
    (project / "own.toml").write_text(
        'workbook = "own.xlsx"\nscenarios = "own.csv"\n[guards]\nmost = { at_most = 9 }\n'
    )
    runs = list(run_report(load_config(project / "own.toml")))
    assert ["", "most is not a number"] == [run.remark for run in runs]


@pytest.mark.parametrize(
    ("change", "failure", "sentence"),
    [
        (("template =", "templat ="), ConfigError, 'unknown setting "templat"; did you mean'),
        (('"training_budget"', '"traning_budget"'), TemplateNotFoundError, "did you mean"),
        (('template = "training_budget"', ""), ConfigError, "either a template or a workbook"),
        (("total_cost =", "totl_cost ="), NameNotFoundError, 'did you mean "total_cost"'),
        (("at_most", "max"), ConfigError, 'takes at_most, at_least, .*, got "max"'),
        (("1e6", '"1e6"'), ConfigError, "must be numbers"),
        (("1e6", "nan"), ConfigError, "must be numbers"),
        (("1e6 }", "1e6, at_least = 2e6 }"), ConfigError, "no number is within the guard"),
        (("total_cost =", "currency ="), ConfigError, "holds no number"),
        (('"total_cost"]', '"cost"]'), NameNotFoundError, "no named cell"),
        (('["params", "total_cost"]', '"params"'), ConfigError, "list of names"),
        (('scenarios = "runs.csv"', ""), ConfigError, "scenarios must be a text, and is missing"),
        (('"out"', "3"), ConfigError, "output must be a text"),
        (('template = "', 'template = '), ConfigError, "not a TOML file"),
        (("[guards]", "[[guards]]"), ConfigError, "guards must be a table"),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_one_sentence(project, change, failure, sentence):
    (project / "report.toml").write_text(CONFIG.replace(*change))
    with pytest.raises(failure, match=sentence):
        load_config(project / "report.toml")
    assert not (project / "out").exists()


def test_no_part_of_a_file_is_left_when_writing_fails(project, monkeypatch):
    config = load_config(project / "report.toml")
    monkeypatch.setattr(
        "os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(OutputError, match="No space left"):
        list(run_report(config))
    assert {"manifest.jsonl"} >= {path.name for path in (project / "out").iterdir()}


@pytest.mark.parametrize(
    ("expected", "value", "number_format"),
    [
        ("46.2%", 46.2, '0.0"%"'),
        ("USD 1234567.00", 1234567.0, '"USD" 0.00'),
        ("$5.00", 5.0, "$0.00"),
        ("1.3M", 1262019.0, '#,##0.0,,"M"'),
        ("0", -0.4, "0"),
        ("(1.50)", -1.5, "0.00_);(0.00)"),
        ("2024-03-01", 45352.0, "yyyy-mm-dd"),
        ("2024-03-01T12:00", 45352.5, "yyyy-mm-dd hh:mm"),
        ("1262019.23", 1262019.23, "General"),
        ("80", 80.0, "#,##0.##"),
        ("3.15E+23", 3.15e23, "0.00E+00"),
        ("25,293", 25292.99, "#,##0"),
        ("25.3", 25.29, "#,##0.0"),
        ("46.2%", 0.462, "0.0%"),
        ("1,234.50", 1234.5, "#,##0.00_);(#,##0.00)"),
        ("0.385", 0.385, "0.000"),
        ("312", 312.0, "General"),
        ("TRUE", True, "General"),
        ("text", "text", "#,##0"),
        ("#N/A", CellError("#N/A"), "#,##0"),
        ("", None, "#,##0"),
    ],
)
def test_values_look_as_their_cells_do(expected, value, number_format):
    assert expected == shown(value, number_format)


def test_a_summary_of_hostile_names_is_still_a_workbook(project):
    (project / "runs.csv").write_text('scenario,run_name\n"=1+1",x\n"<b>|`[a](b)",y\n\x07bell,z\n')
    list(run_report(load_config(project / "report.toml")))
    data = (project / "out" / "summary.xlsx").read_bytes()
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    head = openpyxl.load_workbook(io.BytesIO(data))["Summary"][4]
    assert ["=1+1", "<b>|`[a](b)", "\ufffdbell"] == [cell.value for cell in head[3:]]


def test_a_failed_check_of_the_workbook_is_a_remark(project):
    (project / "runs.csv").write_text("scenario,gpu,peak_tflops\nsparse,H100 SXM,1979\n")
    [run] = run_report(load_config(project / "report.toml"))
    assert "a check of the workbook fails" in run.remark
    assert (project / "out" / "sparse.xlsx").exists()


@pytest.mark.parametrize(
    ("name", "output"), [("own", "."), ("runs", "."), ("other", "."), ("own", "made")]
)
def test_a_report_never_writes_over_what_it_is_made_of(project, name, output):
    cells, names = {"A1": 1.0, "A2": "=A1*2"}, {"size": "A1", "twice": "A2"}
    (project / "own.xlsx").write_bytes(small_workbook(cells, names))
    rows = openpyxl.Workbook()
    rows.active.append(["scenario", "size"])
    rows.active.append([name, 2.0])
    rows.save(project / "runs.xlsx")
    (project / "report.toml").write_text(
        f'workbook = "own.xlsx"\nscenarios = "runs.xlsx"\noutput = "{output}"\n'
    )
    if output == "." and name != "other":
        with pytest.raises(ConfigError, match=f"would write over .*{name}.xlsx"):
            load_config(project / "report.toml")
    else:
        [run] = run_report(load_config(project / "report.toml"))
        assert 4.0 == run.values["twice"]


def test_links_lead_to_files_whatever_their_names(project):
    (project / "runs.csv").write_text("scenario,params\na#b 100%,1e9\n", encoding="utf-8")
    list(run_report(load_config(project / "report.toml")))
    assert "(a%23b%20100%25.xlsx)" in (project / "out" / "summary.md").read_text()
    sheet = openpyxl.load_workbook(project / "out" / "summary.xlsx")["Summary"]
    assert "a%23b%20100%25.xlsx" == sheet["D4"].hyperlink.target
    assert (project / "out" / "a#b 100%.xlsx").exists()


def test_a_workbook_with_macros_keeps_its_ending(project):
    own = {
        name: data.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml")
        for name, data in parts(built("training_budget")).items()
    }
    (project / "own.xlsm").write_bytes(zipped(own))
    (project / "report.toml").write_text('workbook = "own.xlsm"\nscenarios = "runs.csv"\n')
    runs = list(run_report(load_config(project / "report.toml")))
    assert "small.xlsm" == runs[0].file


@pytest.mark.slow
def test_many_runs_are_a_list_without_a_chart(project):
    lines = "".join(f"run {n},{n}e9\n" for n in range(1, 81))
    (project / "runs.csv").write_text("scenario,params\n" + lines)
    list(run_report(load_config(project / "report.toml")))
    workbook = openpyxl.load_workbook(project / "out" / "summary.xlsx")
    assert 84 == workbook["Summary"].max_row
    assert [] == workbook["Summary"]._charts
    assert 85 == workbook["All figures"].max_row


@pytest.mark.slow
def test_the_workbooks_of_a_report_carry_their_functions_unless_asked_otherwise(project):
    def names_and_total(form=Form()):
        run = next(iter(run_report(load_config(project / "report.toml", form=form))))
        path = project / "out" / run.file
        values = openpyxl.load_workbook(path, data_only=True)
        cell = (
            values.defined_names["total_cost"].attr_text.translate({36: None, 39: None}).split("!")
        )
        return path.read_bytes(), run.values["total_cost"], values[cell[0]][cell[1]].value

    text = {
        "lambda": b'<definedName name="XLC.TRAIN_FLOPS"',
        "udf": b"<f>TRAIN_FLOPS(",
        "officejs": b"<f>_xldudf_ACME_TRAIN_FLOPS(",
        "values": None,
    }
    seen = {None: names_and_total()}
    for dialect in text:
        seen[dialect] = names_and_total(Form(dialect, namespace="acme"))
        with zipfile.ZipFile(io.BytesIO(seen[dialect][0])) as archive:
            xml = b"".join(archive.read(name) for name in archive.namelist())
        for other, marker in text.items():
            assert marker is None or (marker in xml) == (other == dialect)
        assert seen[dialect][1] == seen[dialect][2] == seen[None][1]
    assert seen[None][0] == seen["lambda"][0]
    (project / "report.toml").write_text('dialect = "values"\n' + CONFIG)
    assert seen["values"][0] == names_and_total()[0]
    assert seen["udf"][0] == names_and_total(Form("udf"))[0]


def test_a_dialect_that_is_none_is_refused_before_anything_is_written(project):
    (project / "report.toml").write_text('dialect = "lamda"\n' + CONFIG)
    with pytest.raises(DialectError, match='no dialect "lamda"; did you mean "lambda"'):
        list(run_report(load_config(project / "report.toml")))
    assert not (project / "out").exists()


@pytest.mark.slow
def test_a_batch_needs_no_configuration(project):
    book = project / "own.xlsx"
    book.write_bytes(built("training_budget"))
    for source, out in (("training_budget", project / "one"), (str(book), project / "two")):
        runs = list(run_report(load_batch(source, project / "runs.csv", out)))
        assert [True, True, False, False] == [run.ok for run in runs]
        assert b"XLC.TRAIN_FLOPS" in zipfile.ZipFile(out / runs[0].file).read("xl/workbook.xml")
        assert {"errors.csv", *ALWAYS, *(run.file for run in runs[:2])} == {
            path.name for path in out.iterdir()
        }
    with pytest.raises(WorkbookError, match="there is no file gone"):
        load_batch("gone.xlsx", project / "runs.csv", project / "x")


@pytest.mark.slow
def test_a_short_name_is_written_in_full_where_python_will_be_missing(project):
    (project / "runs.csv").write_text("scenario,params,gpu\na,7e9,h100 sxm5\n")
    cells = {}
    for dialect in ("lambda", "udf"):
        run = next(iter(run_report(load_config(project / "report.toml", form=Form(dialect)))))
        model = WorkbookModel.read(project / "out" / run.file)
        cells[dialect] = (model.cell("gpu").value, run.values["total_cost"])
        assert model.evaluate().values["total_cost"] == run.values["total_cost"]
    assert cells["lambda"] == ("H100 SXM5 80GB", cells["udf"][1])
    assert "h100 sxm5" == cells["udf"][0]


def test_a_look_up_in_a_portable_workbook_finds_what_its_lambda_finds():
    model = WorkbookModel(built("training_budget", Form("lambda")), "budget")
    evaluation = model.evaluate({"gpu": "h100 sxm5"})
    assert CellError("#N/A") == evaluation.values["total_cost"]
    assert 'looks up full names: "H100 SXM5 80GB", not "h100 sxm5"' in evaluation.explain(
        "total_cost"
    )


@pytest.mark.slow
def test_a_report_in_plain_formulas_has_the_figures_of_one_in_lambda_names(tmp_path):
    found = {}
    for dialect in ("native", "lambda"):
        config = load_config(None, tmp_path / dialect, Form(dialect))
        results = list(run_report(config))
        assert [] == [result.remark for result in results if not result.ok]
        found[dialect] = [result.values["total_cost"] for result in results]
    assert 13 == len(found["native"])
    assert found["lambda"] == pytest.approx(found["native"], rel=1e-12)
