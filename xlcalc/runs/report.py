"""What do many runs cost, as a workbook each and one summary of them all?"""

import hashlib
import os
import tomllib
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain, takewhile
from pathlib import Path
from typing import Any

from xlcalc import templates
from xlcalc._version import __version__
from xlcalc.build import build_template
from xlcalc.calc.model import CHECKS_NAME, WorkbookModel
from xlcalc.catalogue import catalogues
from xlcalc.cells import CellValue
from xlcalc.dialects import NAMESPACE, Form, convert
from xlcalc.errors import ConfigError, OutputError, UsageError, suggestion
from xlcalc.files import read_file
from xlcalc.ooxml.package import Package
from xlcalc.runs.cluster import CLUSTER, on_cluster
from xlcalc.runs.csv_listing import CsvSummary
from xlcalc.runs.manifest import MANIFEST, Entry, Manifest
from xlcalc.runs.production import BatchJob, BlockResult, BlockSize, Outcome, produce, tasks
from xlcalc.runs.scenarios import Scenario, ScenarioList, from_frame, read_scenarios
from xlcalc.runs.stores import Folder, Store, store_at
from xlcalc.runs.summary import SHOWN_RUNS, Counts, Run, Summary

SETTINGS = (
    *("template", "workbook", "scenarios", "output", "dialect", "namespace"),
    *("lang", "name_template", "title", "columns", "chart", "guards"),
)
DIALECT = "lambda"
"""The dialect of a report: its readers seldom have the add-in."""
SAMPLES = Path(__file__).parent.parent / "samples"
"""The reports of our own, a configuration for each template that has samples."""
SAMPLE = SAMPLES / "training_budget.toml"
"""Published training runs: the report where no configuration is given."""
BOUNDS = ("at_least", "at_most")


@dataclass(frozen=True)
class Guard:
    """A bound on a named result; None where there is none."""

    name: str
    at_least: float | None
    at_most: float | None

    def broken_by(self, value: CellValue) -> str | None:
        """Return the sentence of a broken guard, or None."""
        if isinstance(value, bool) or not isinstance(value, float):
            return f"{self.name} is no number"
        if self.at_most is not None and value > self.at_most:
            return f"{self.name} is {value:,.12g}, at most {self.at_most:,.12g} allowed"
        if self.at_least is not None and value < self.at_least:
            return f"{self.name} is {value:,.12g}, at least {self.at_least:,.12g} required"
        return None


@dataclass(frozen=True)
class ReportConfig:
    """What a report is made of."""

    model: WorkbookModel
    title: str
    scenarios: ScenarioList
    scenarios_name: str
    store: Store
    template: str
    suffix: str
    dialect: str
    columns: tuple[str, ...]
    charted: str
    guards: tuple[Guard, ...]
    language: str = "en"


def load_config(
    path: Path | None,
    output: str | Path | None = None,
    form: Form = Form(),
) -> ReportConfig:
    """Read a report configuration; the bundled sample of published runs if there is no path.

    Paths in the file are relative to its folder. What is given here goes before the file's own.

    Raises
    ------
    ConfigError
        If the file is unreadable, or has a setting that is unknown or of the wrong kind.
    """
    if path is None:
        path, output = SAMPLE, output or Path("reports")
    return _load(_parse(path), path, output, form)


def load_batch(
    book: str,
    scenarios: Any,
    output: str | Path,
    form: Form = Form(),
    name_template: str | None = None,
) -> ReportConfig:
    """Return the report of a template or a workbook that needs no configuration.

    Raises
    ------
    UsageError
        If there is no such template or file, or a row of the scenarios does not fit it.
    """
    kind = "template" if book in templates.TEMPLATES else "workbook"
    config: dict[str, Any] = {kind: book, "scenarios": scenarios}
    if name_template is not None:
        config["name_template"] = name_template
    return _load(config, Path("batch"), output, form)


def batch(
    workbook: str | Path,
    scenarios: Any,
    output: str | Path,
    *,
    dialect: str | None = None,
    namespace: str | None = None,
    language: str | None = None,
    name_template: str | None = None,
    jobs: int = 1,
    resume: bool = False,
    dask: str | None = None,
) -> Counts:
    """Write a workbook for each scenario, with the summaries beside them.

    Parameters
    ----------
    workbook : str or Path
        An xlsx file, or the name of a template.
    scenarios : DataFrame, str or Path
        A row a workbook: a frame of any library that narwhals knows, or a CSV, xlsx or Parquet
        file. Columns are named inputs, and `scenario` names the file; empty is the workbook's own
        value.
    output : str or Path
        A folder, or a URL that fsspec knows.
    dialect : str, optional
        "lambda" (the default), "udf", "officejs" or "values".
    namespace : str, optional
        Namespace of the Office add-in, for "officejs".
    language : str, optional
        "en" or "zh", the language of a template's labels.
    name_template : str, optional
        Names of the runs by their columns, as "{gpu} {gpus}".
    jobs : int
        Processes that work at once; a script that asks for more than one needs the line
        `if __name__ == "__main__":`.
    resume : bool
        Whether what an earlier run finished is kept where it is intact.
    dask : str, optional
        Address of the scheduler of a Dask cluster, which works instead of this machine.

    Returns
    -------
    Counts
        How many runs there were, how many failed, and how many hold a failed check; errors.csv in
        the output lists these.

    Raises
    ------
    UsageError
        If nothing can start, the output cannot be written, or a worker is lost.
    """
    form = Form(dialect, namespace, language)
    config = load_batch(str(workbook), scenarios, output, form, name_template)
    counts = Counts()
    for run in run_report(config, jobs=jobs, resume=resume, dask=dask):
        counts.add(run)
    return counts


def run_report(
    config: ReportConfig,
    *,
    jobs: int = 1,
    resume: bool = False,
    dask: str | None = None,
    notice: Callable[[str], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Generator[Run, None, None]:
    """Write a workbook for each scenario, and yield each run as it is done.

    The summaries are written after the last one. A scenario that fails does not stop the others.

    Parameters
    ----------
    config : ReportConfig
        What to make.
    jobs : int
        Processes that work at once.
    resume : bool
        Whether what an earlier run wrote is kept where it is intact and what was asked is the same.
    dask : str, optional
        Address of the scheduler of a Dask cluster, which works instead of this machine.
    notice : callable
        Takes a sentence that is no failure.
    stopped : callable
        Whether to begin no further workbook, and to end with a KeyboardInterrupt.
    """
    if jobs < 1:
        raise UsageError(f"jobs must be at least 1, got {jobs}")
    store = config.store
    store.prepare()
    order = BatchJob(
        data=config.model.package.data,
        label=config.model.name,
        columns=config.scenarios.columns,
        store=store,
        suffix=config.suffix,
        dialect=config.dialect,
        template=config.template,
        catalogue=catalogues().folder,
    )
    ledger = Manifest(store, resume=resume)
    pace = BlockSize(len(config.scenarios), jobs if dask is None else CLUSTER)
    todo = takewhile(lambda _: not stopped(), tasks(config.scenarios, ledger.known, pace))
    made = produce(order, todo, jobs) if dask is None else on_cluster(dask, order, todo)
    shown: list[Run] = []
    slow = ""
    with ledger, CsvSummary(store, tuple(config.model.cells)) as listing, closing(made):
        for task, done in made:
            pace.note(done)
            if dask is not None or jobs > 1:
                _check_arrival(store, done)
            if done.slow and not slow:
                slow = done.slow
                notice(f"calculated one by one, which is slower: {slow}")
            runs = list(map(partial(_run, config), task.scenarios, done.outcomes))
            ledger.append(_entry(config, run) for run in runs)
            for run in runs:
                listing.add(run)
                if len(shown) < SHOWN_RUNS:
                    shown.append(run)
                yield run
        if listing.counts.runs < len(config.scenarios):
            raise KeyboardInterrupt
    store.tidy()
    counts = listing.counts
    summary = Summary(
        config.title,
        config.scenarios_name,
        config.model,
        config.columns,
        config.charted,
        shown,
        counts,
        templates.texts(config.language),
    )
    store.write("summary.xlsx", summary.workbook())
    text = summary.markdown()
    store.write("summary.md", text.encode())
    _append_step_summary(text)


def _check_arrival(store: Store, done: BlockResult) -> None:
    """Refuse a place that other processes do not share with this one."""
    file = next((outcome.file for outcome in done.outcomes if outcome.file), None)
    if file is not None and store.read(file) is None:
        raise OutputError(
            f"a worker has written {store.describe(file)}, but it is not there: the workers need a "
            "folder that all machines share, or a URL as s3://bucket/path"
        )


def _run(config: ReportConfig, scenario: Scenario, outcome: Outcome) -> Run:
    """Return an outcome with the judgement of the guards."""
    if outcome.failure:
        return Run(scenario, failure=outcome.failure, inputs=outcome.inputs)
    values = dict(zip(config.model.cells, outcome.values, strict=True))
    broken = [guard.broken_by(values[guard.name]) for guard in config.guards]
    if values.get(CHECKS_NAME) is False:
        broken.append("a check of the workbook fails")
    return Run(
        scenario,
        outcome.file,
        values,
        dict(zip(config.model.cells, outcome.units, strict=True)),
        broken=tuple(sentence for sentence in broken if sentence),
        inputs=outcome.inputs,
        content=outcome.content,
    )


def _entry(config: ReportConfig, run: Run) -> Entry:
    return Entry(
        row=run.scenario.row,
        scenario=run.scenario.name,
        file=run.file,
        inputs=run.inputs,
        template=config.template,
        version=__version__,
        status=run.status,
        remark=run.remark,
        content=run.content,
    )


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_file(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not a TOML file: {error}") from None


def _load(
    config: dict[str, Any],
    path: Path,
    output: str | Path | None,
    form: Form,
) -> ReportConfig:
    folder = path.parent
    for key in config:
        if key not in SETTINGS:
            raise ConfigError(f'{path} has an unknown setting "{key}"{suggestion(key, SETTINGS)}')
    if ("template" in config) == ("workbook" in config):
        raise ConfigError(f"{path} must name either a template or a workbook")
    form = form.over(
        Form(
            _text(path, config, "dialect", DIALECT),
            _text(path, config, "namespace", NAMESPACE),
            _text(path, config, "lang") if "lang" in config else None,
        )
    )
    dialect = form.dialect or DIALECT
    if "template" in config:
        name = _text(path, config, "template")
        label = f"the template {name}"
        data = build_template(name, Form("udf", language=form.language))
    else:
        if form.language is not None:
            raise ConfigError(f"{path}: a language is chosen for a template, not for a workbook")
        name = _text(path, config, "workbook")
        label, data = str(folder / name), read_file(folder / name)
    # Numbers alone are taken from a workbook that has still to be calculated.
    live = "udf" if dialect == "values" else dialect
    package = Package(convert(data, label, live, form.namespace).data, label)
    package.drop_chart_caches()
    model = WorkbookModel(package.to_bytes(), label)
    pattern = _text(path, config, "name_template") if "name_template" in config else None
    listed, scenarios_name, source = _scenarios(path, config, model, pattern)
    columns = config.get("columns", list(model.outputs or model.inputs))
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise ConfigError(f"{path}: columns must be a list of names")
    chosen = store_at(output or _place(folder, _text(path, config, "output", "reports")))
    suffix = Path(name).suffix if "workbook" in config else ".xlsx"
    _refuse_to_overwrite(chosen, suffix, listed, (path, source, folder / name))
    guards = _guards(path, config.get("guards", {}), model)
    named = [model.cell(column).name for column in columns]
    charted = _text(path, config, "chart") if "chart" in config else _default_chart(model, guards)
    return ReportConfig(
        model=model,
        title=_text(path, config, "title", Path(name).stem.replace("_", " ").capitalize()),
        scenarios=listed,
        scenarios_name=scenarios_name,
        store=chosen,
        template=_fingerprint(model, dialect),
        suffix=suffix,
        dialect=dialect,
        columns=tuple(named),
        charted=model.cell(charted).name if charted else charted,
        guards=guards,
        language=form.language or "en",
    )


def _fingerprint(model: WorkbookModel, dialect: str) -> str:
    """Return a hash of all that files follow from beside their scenarios: also the catalogues."""
    known = hashlib.blake2b(model.package.data, digest_size=16)
    known.update(f"{dialect}{catalogues().rows}".encode())
    return known.hexdigest()


def _scenarios(
    path: Path, config: dict[str, Any], model: WorkbookModel, pattern: str | None
) -> tuple[ScenarioList, str, Path]:
    """Return the scenarios, what to call their list, and its path; a frame has none."""
    given = config.get("scenarios")
    if given is not None and not isinstance(given, str | Path):
        return from_frame(given, model, pattern), "the frame", Path()
    named = given if isinstance(given, Path) else Path(_text(path, config, "scenarios"))
    file = path.parent / named
    return read_scenarios(file, model, pattern), file.name, file


def _place(folder: Path, output: str) -> str | Path:
    return output if "://" in output else folder / output


def _refuse_to_overwrite(
    store: Store, suffix: str, scenarios: ScenarioList, inputs: tuple[Path, ...]
) -> None:
    """Refuse a report that would write over a file that it is made of."""
    if not isinstance(store, Folder):
        return
    folder = store.path.resolve()
    kept = {path.resolve() for path in inputs if path.resolve().parent == folder}
    if not kept:
        return
    written = ("summary.xlsx", "summary.md", "summary.csv", "errors.csv", MANIFEST)
    files = (f"{scenario.stem}{suffix}" for scenario in scenarios)
    for name in chain(written, files):
        if folder / name in kept:
            raise ConfigError(
                f"the report would write over {store.path / name}, which it is made of"
            )


def _default_chart(model: WorkbookModel, guards: tuple[Guard, ...]) -> str:
    """Return the result that a report draws if it is not told: a guarded one, or the total.

    Nothing where a workbook names no result.
    """
    if guards:
        return guards[0].name
    return "total_cost" if "total_cost" in model.outputs else next(iter(model.outputs), "")


def _text(path: Path, config: dict[str, Any], key: str, default: str | None = None) -> str:
    value = config.get(key, default)
    if not isinstance(value, str) or not value:
        raise ConfigError(
            f"{path}: {key} must be a text" + ("" if key in config else ", and is missing")
        )
    return value


def _guards(path: Path, table: Any, model: WorkbookModel) -> tuple[Guard, ...]:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: guards must be a table, as total_cost = {{ at_most = 5e6 }}")
    guards = []
    for name, bounds in table.items():
        if not isinstance(bounds, dict) or not bounds or not set(bounds) <= set(BOUNDS):
            raise ConfigError(f"{path}: the guard {name} must have at_most, at_least or both")
        for bound in bounds.values():
            if isinstance(bound, bool) or not isinstance(bound, int | float) or bound != bound:
                raise ConfigError(f"{path}: the bounds of the guard {name} must be numbers")
        guard = Guard(model.cell(name).name, bounds.get("at_least"), bounds.get("at_most"))
        if isinstance(model.cell(name).value, str | bool):
            raise ConfigError(f"{path}: the guard {name} is on a cell that holds no number")
        if None not in (guard.at_least, guard.at_most) and guard.at_least > guard.at_most:  # type: ignore[operator]
            raise ConfigError(f"{path}: no number is within the guard {name}")
        guards.append(guard)
    return tuple(guards)


def _append_step_summary(text: str) -> None:
    """Show the summary on the page of a GitHub job, where there is one."""
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        try:
            with Path(target).open("a", encoding="utf-8") as file:
                file.write(text + "\n")
        except OSError as error:
            raise OutputError(f"cannot write the job summary {target}: {error.strerror}") from None
