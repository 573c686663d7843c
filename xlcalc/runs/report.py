"""What do many scenarios give: a workbook each, and one summary of them all?

`run_report` is the orchestration: it hands blocks of scenarios to this process, to several, or to a
cluster, and each result that comes back is judged by the guards, noted in the manifest and listed
in the CSV files; the summaries are written after the last one. `batch` is the same for a workbook
and a list without a configuration.
"""

import os
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Any

from xlcalc import templates
from xlcalc.calc.differences import Verdict
from xlcalc.calc.ensemble import TOGETHER
from xlcalc.calc.unread_inputs import unread
from xlcalc.calc.verification import EVERY
from xlcalc.catalogue import catalogues
from xlcalc.dialects import Form
from xlcalc.errors import DifferencesError, OutputError, UsageError, WorkbookError
from xlcalc.plain_texts import in_a_line
from xlcalc.runs.cluster import CLUSTER, on_cluster
from xlcalc.runs.config import ReportConfig, load_batch, load_config
from xlcalc.runs.csv_listing import ORIGIN, CsvSummary, origin_csv
from xlcalc.runs.guards import Judge
from xlcalc.runs.jobs import BatchJob, Block, BlockResult, BlockSize, ListOrder, Production, blocks
from xlcalc.runs.manifest import Manifest
from xlcalc.runs.ownership import alone_in, forget, noted, refuse_foreign
from xlcalc.runs.processes import in_processes, in_this_process
from xlcalc.runs.results import Counts, Result
from xlcalc.runs.stores import Store
from xlcalc.runs.summary import SHOWN_RUNS, Summary
from xlcalc.runs.summary_markdown import summary_markdown
from xlcalc.runs.summary_workbook import summary_workbook


def batch(
    workbook: str | Path,
    scenarios: Any,
    output: str | Path,
    *,
    rows: Mapping[str, Any] | None = None,
    pictures: Mapping[str, str] | None = None,
    picture_folder: str | Path | None = None,
    dialect: str | None = None,
    namespace: str | None = None,
    language: str | None = None,
    name_template: str | None = None,
    accept_differences: Collection[str] = (),
    labels: Sequence[str] = (),
    locale: str | None = None,
    contract: str | Path | None = None,
    jobs: int = 1,
    resume: bool = False,
    dask: str | None = None,
    force: bool = False,
) -> Counts:
    """Write a workbook for each scenario, with the summaries beside them.

    Parameters
    ----------
    workbook : str or Path
        An xlsx file, or the name of a template.
    scenarios : DataFrame, str or Path
        A row a workbook: a frame of any library that narwhals knows, or a CSV, xlsx or Parquet
        file. Columns are named inputs, and `scenario` names the file; empty is the workbook's own
        value. A column of lists of structs fills the table of its name.
    output : str or Path
        A folder, or a URL that fsspec knows.
    rows : mapping of str to DataFrame, str or Path, optional
        By the name of a table or a named range, the rows of each scenario: a list whose column
        `scenario` says whose a row is, and whose other columns are those of the table.
    pictures : mapping of str to str, optional
        By the name of a cell or a range, the column of the list with the path of its picture.
    picture_folder : str or Path, optional
        Where these paths begin, and what they do not leave; the folder of the list if left out.
    dialect : str, optional
        "lambda" (the default), "native", "udf", "officejs" or "values".
    namespace : str, optional
        Namespace of the Office add-in, for "officejs".
    language : str, optional
        "en" or "zh", the language of a template's labels.
    name_template : str, optional
        Names of the runs by their columns, as "{gpu} {gpus}"; a "/" makes folders.
    accept_differences : collection of str, optional
        Cells, as Sheet!C5, or "all": calculate the workbook though engines do not agree on their
        values.
    labels : sequence of str, optional
        Columns of the list that are no inputs, as the owner of a budget; the summaries show them.
        A column whose name is not like that of any cell is one without being told.
    locale : str, optional
        How a CSV file writes numbers and days, as "de" for 1.234,5 and 31.12.2026.
    contract : str or Path, optional
        A file of `xlcalc contract` that the workbook must keep.
    jobs : int
        Processes that work at once; a script that asks for more than one needs the line
        `if __name__ == "__main__":`.
    resume : bool
        Whether what an earlier run finished is kept where it is intact.
    dask : str, optional
        Address of the scheduler of a Dask cluster, which works instead of this machine.
    force : bool
        Whether files in the output are replaced that no earlier run wrote.

    Returns
    -------
    Counts
        How many runs there were, how many failed, and how many hold a failed check; errors.csv in
        the output lists these.

    Raises
    ------
    ContractError
        If the workbook breaks its contract.
    DifferencesError
        If engines do not agree on what the workbook stores, and it is not accepted.
    UsageError
        If nothing can start, the output cannot be written, or a worker is lost.
    """
    form = Form(dialect, namespace, language)
    config = load_batch(
        str(workbook),
        scenarios,
        output,
        form,
        name_template,
        accept_differences,
        labels,
        locale,
        None if contract is None else Path(contract),
        rows,
        pictures,
        picture_folder,
    )
    counts = Counts()
    for result in run_report(config, jobs=jobs, resume=resume, dask=dask, force=force):
        counts.add(result)
    return counts


def report(
    config: str | Path | None = None,
    output: str | Path | None = None,
    *,
    dialect: str | None = None,
    namespace: str | None = None,
    language: str | None = None,
    accept_differences: Collection[str] = (),
    jobs: int = 1,
    resume: bool = False,
    dask: str | None = None,
    force: bool = False,
) -> Counts:
    """Write the workbooks and the summary that a configuration asks for.

    Parameters
    ----------
    config : str or Path, optional
        A TOML file; the bundled report of published training runs if left out.
    output : str or Path, optional
        A folder or a URL, in place of the configuration's own.
    dialect, namespace, language, accept_differences, jobs, resume, dask, force
        As `batch` takes them; they go before what the configuration says.

    Returns
    -------
    Counts
        How many runs there were, how many failed, and how many break a guard or hold a failed
        check.

    Raises
    ------
    UsageError
        If the configuration has a mistake, or nothing can start.
    """
    path = None if config is None else Path(config)
    form = Form(dialect, namespace, language)
    loaded = load_config(path, output, form, accept_differences)
    counts = Counts()
    for result in run_report(loaded, jobs=jobs, resume=resume, dask=dask, force=force):
        counts.add(result)
    return counts


def run_report(
    config: ReportConfig,
    *,
    jobs: int = 1,
    resume: bool = False,
    dask: str | None = None,
    force: bool = False,
    beside: Collection[str] = (),
    notice: Callable[[str], None] = lambda _: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Generator[Result, None, None]:
    """Write a workbook for each scenario, and yield what became of each as it is done.

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
    force : bool
        Whether files are replaced that no earlier run wrote.
    beside : collection of str
        Endings of further files that are made of each workbook, as ".pdf".
    notice : callable
        Takes a sentence that is no failure.
    stopped : callable
        Whether to begin no further workbook, and to end with a KeyboardInterrupt.

    Raises
    ------
    UsageError
        If `jobs` is below 1, the output cannot be written, or a worker is lost.
    DifferencesError
        If engines do not agree on what a person's workbook gives for the first scenario.
    """
    if jobs < 1:
        raise UsageError(f"jobs must be at least 1, got {jobs}")
    _confirm_first(config, notice)
    store = config.store
    judge = Judge(config.guards, config.bases, config.scenarios)
    for sentence in (*unread(config.model, config.scenarios.columns), *judge.remarks):
        notice(sentence)
    store.prepare()
    with alone_in(store):
        endings = (config.suffix, *beside)
        earlier = refuse_foreign(store, config.scenarios, endings, force=force)
        if earlier:
            named = ", ".join(earlier[:_NAMED])
            more = f" and {len(earlier) - _NAMED:,} more" if len(earlier) > _NAMED else ""
            notice(f"of earlier runs, and not in this list: {named}{more} in {store.describe('')}")
        store.tidy()
        manifest = Manifest(
            store, config.template_hash, config.origin, resume=resume, earlier=earlier
        )
        yield from _runs(config, manifest, judge, jobs, dask, notice, stopped)
        forget(store)


def _runs(
    config: ReportConfig,
    manifest: Manifest,
    judge: Judge,
    jobs: int,
    dask: str | None,
    notice: Callable[[str], None],
    stopped: Callable[[], bool],
) -> Generator[Result, None, None]:
    """Make the files and the summaries, and yield what became of each scenario."""
    store = config.store
    size = BlockSize(len(config.scenarios), jobs if dask is None else CLUSTER)
    order = ListOrder()
    alike = config.scenarios.row_counts if config.scenarios.lists else None
    found = blocks(
        *(config.scenarios, manifest.known, size, order), config.scenarios.pictures, alike
    )
    begun = noted(found, store, config.suffix)
    todo = takewhile(lambda _: not stopped(), begun)
    shown: list[Result] = []
    slow = ""
    with (
        manifest,
        CsvSummary(store, config.model.cells, config.scenarios.label_columns) as listing,
        closing(_production(config, todo, jobs, dask)) as made,
    ):
        for done in made:
            size.note(done)
            if dask is not None or jobs > 1:
                _check_arrival(store, done)
            if done.slow and not slow:
                slow = done.slow
                notice(f"calculated one by one, which is slower: {slow}")
            results = judge.judged(done.results)
            manifest.append(results)
            for result in order.add(results):
                listing.add(result)
                if len(shown) < SHOWN_RUNS:
                    shown.append(result)
                yield result
        if listing.counts.runs < len(config.scenarios):
            raise KeyboardInterrupt
    store.tidy()
    _write_summaries(config, shown, listing.counts)


_NAMED = 5
"""Cells that a sentence names."""


def _confirm_first(config: ReportConfig, notice: Callable[[str], None]) -> None:
    """Let other engines confirm the first scenario of a person's workbook.

    Raises
    ------
    DifferencesError
        If they do not agree on a cell, and it is not accepted.
    """
    first = next((s for s in config.scenarios if not s.problem and (s.settings or s.rows)), None)
    if config.verification is None or first is None:
        return
    model, settings = config.model, first.settings
    if first.rows:
        try:
            model = config.scenarios.tables.confirmable(first.rows)
        except WorkbookError:
            return  # its rows cannot be, and the run will say so
        settings = {**settings, **config.scenarios.tables.settings(first.rows)}
    constants = model.constants(settings, judged=True)
    found = TOGETHER.confirmed(model, constants).differences
    names = {name.lower() for name in config.accepted}
    unsure = tuple(
        difference
        for difference in found
        if difference.verdict is Verdict.UNSURE
        and EVERY not in names
        and difference.cell.lower() not in names
    )
    if unsure:
        raise DifferencesError(
            f"the engines do not agree on cells of {config.model.name} for the scenario "
            f'"{first.name}"',
            unsure,
        )
    alone = [difference.cell for difference in found if difference.verdict is Verdict.KEPT]
    if alone:
        cells = ", ".join(alone[:_NAMED])
        also = f" and {len(alone) - _NAMED:,} more" if len(alone) > _NAMED else ""
        verb = "become" if len(alone) > 1 else "becomes"
        notice(f"no other engine can confirm what {cells}{also} of {config.model.name} {verb}")


def _production(
    config: ReportConfig, todo: Iterator[Block], jobs: int, dask: str | None
) -> Production:
    """Return what makes the files: this process, several of them, or a cluster."""
    elsewhere = dask is not None or jobs > 1
    job = BatchJob(
        data=config.model.package.to_bytes() if elsewhere else b"",
        label=config.model.name,
        columns=config.scenarios.columns,
        store=config.store,
        suffix=config.suffix,
        dialect=config.dialect,
        template_hash=config.template_hash,
        now=config.model.now,
        catalogue=catalogues().folder,
        trust=config.model.trust,
        lists=config.scenarios.lists,
    )
    if dask is not None:
        return on_cluster(dask, job, todo)
    return in_processes(job, todo, jobs) if jobs > 1 else in_this_process(job, config.model, todo)


def _check_arrival(store: Store, done: BlockResult) -> None:
    """Refuse a place that other processes do not share with this one."""
    file = next((result.file for result in done.results if result.file), None)
    if file is not None and store.read(file) is None:
        raise OutputError(
            f"a worker has written {store.describe(file)}, but it is not there: the workers need a "
            "folder that all machines share, or a URL as s3://bucket/path"
        )


def _write_summaries(config: ReportConfig, shown: list[Result], counts: Counts) -> None:
    summary = Summary(
        in_a_line(config.title),
        in_a_line(config.scenarios_name),
        config.model.cells,
        config.columns,
        config.charted,
        shown,
        counts,
        templates.texts(config.language),
        config.origin,
        config.scenarios.label_columns,
    )
    config.store.write(ORIGIN, origin_csv(config.origin))
    config.store.write("summary.xlsx", summary_workbook(summary))
    text = summary_markdown(summary)
    config.store.write("summary.md", text.encode())
    _append_step_summary(text)


def _append_step_summary(text: str) -> None:
    """Show the summary on the page of a GitHub job, where there is one."""
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if target:
        try:
            with Path(target).open("a", encoding="utf-8") as file:
                file.write(text + "\n")
        except OSError as error:
            raise OutputError(f"cannot write the job summary {target}: {error.strerror}") from None
