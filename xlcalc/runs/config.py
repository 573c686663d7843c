"""What is a report or a batch made of: the workbook, the list of scenarios, the place, the guards?

A `ReportConfig` is read from a TOML file, or made of what the command line names. All of it is
checked before the first file is written.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from xlcalc import templates
from xlcalc.build import authored_template
from xlcalc.calc.differences import Verification
from xlcalc.calc.engines.local import ENGINES, package_is_here, versioned
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.origin import Origin, origin_of
from xlcalc.calc.recalculation import trusted
from xlcalc.calc.unread_inputs import refuse_copy
from xlcalc.catalogue import catalogues
from xlcalc.dialects import NAMESPACE, Form, convert_package
from xlcalc.errors import ConfigError, suggestion
from xlcalc.files import read_toml
from xlcalc.ooxml.literals import is_writable
from xlcalc.ooxml.package import Package
from xlcalc.runs.bases import Base
from xlcalc.runs.csv_listing import ORIGIN
from xlcalc.runs.guards import Guard, read_guards
from xlcalc.runs.jobs import known_functions
from xlcalc.runs.listed_rows import lines_of
from xlcalc.runs.manifest import MANIFEST
from xlcalc.runs.picture_files import PictureFiles
from xlcalc.runs.row_lists import read_row_lists
from xlcalc.runs.scenarios import ScenarioList, from_frame, read_scenarios
from xlcalc.runs.stores import Folder, Store, store_at

SETTINGS = (
    *("template", "workbook", "scenarios", "output", "dialect", "namespace"),
    *("lang", "name_template", "title", "columns", "chart", "guards"),
    *("labels", "locale", "contract", "rows", "pictures", "picture_folder"),
)
DIALECT = "lambda"
"""The dialect of a report: its readers seldom have the add-in."""
SAMPLES = Path(__file__).parent.parent / "samples"
"""The reports of our own, a configuration for each template that has samples."""
SAMPLE = SAMPLES / "training_budget.toml"
"""Published training runs: the report where no configuration is given."""


@dataclass(frozen=True)
class ReportConfig:
    """What a report is made of.

    Attributes
    ----------
    model : WorkbookModel
        The workbook, its formulas in a dialect that calculates.
    title : str
        Heading of the summary.
    scenarios, scenarios_name, scenarios_file : ScenarioList, str and Path
        What to calculate, what to call the list, and its file, if it is one.
    store : Store
        Where the files go.
    template_hash : str
        Hash of all that files follow from beside their scenarios.
    suffix, dialect : str
        Ending of the files, and the form of their formulas.
    columns, charted : tuple of str and str
        The named cells that the summary shows, and the one that it draws.
    guards : tuple of Guard
        What results must be.
    origin : Origin
        Where the values of the workbook come from.
    language : str
        The language of the summary's own words.
    verification : Verification, optional
        What an untouched calculation says of a workbook's stored values; none for a template.
    accepted : tuple of str
        Cells whose differences a person accepts.
    bases : mapping of str to Base
        The workbooks that guards compare with.
    """

    model: WorkbookModel
    title: str
    scenarios: ScenarioList
    scenarios_name: str
    scenarios_file: Path | None
    store: Store
    template_hash: str
    suffix: str
    dialect: str
    columns: tuple[str, ...]
    charted: str
    guards: tuple[Guard, ...]
    origin: Origin
    language: str = "en"
    verification: Verification | None = None
    accepted: tuple[str, ...] = ()
    bases: Mapping[str, Base] = field(default_factory=dict)


def load_config(
    path: Path | None,
    output: str | Path | None = None,
    form: Form = Form(),
    accepted: Collection[str] = (),
    contract: Path | None = None,
) -> ReportConfig:
    """Read a report configuration; the bundled sample of published runs if there is no path.

    Paths in the file are relative to its folder. What is given here goes before the file's own.

    Raises
    ------
    ConfigError
        If the file is unreadable, or has a setting that is unknown or of the wrong kind.
    ContractError
        If the workbook breaks its contract.
    """
    if path is None:
        path, output = SAMPLE, output or Path("reports")
    config = read_toml(path, ConfigError)
    if contract is not None:
        config["contract"] = str(contract.absolute())
    return _load(config, path, output, form, accepted)


def load_batch(
    book: str,
    scenarios: Any,
    output: str | Path,
    form: Form = Form(),
    name_template: str | None = None,
    accepted: Collection[str] = (),
    labels: Sequence[str] = (),
    locale: str | None = None,
    contract: Path | None = None,
    rows: Mapping[str, Any] | None = None,
    pictures: Mapping[str, str] | None = None,
    picture_folder: str | Path | None = None,
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
    if labels:
        config["labels"] = list(labels)
    if locale is not None:
        config["locale"] = locale
    if contract is not None:
        config["contract"] = str(contract)
    if rows:
        config["rows"] = dict(rows)
    if pictures:
        config["pictures"] = dict(pictures)
    if picture_folder is not None:
        config["picture_folder"] = str(picture_folder)
    return _load(config, Path("batch"), output, form, accepted)


def _load(
    config: dict[str, Any],
    path: Path,
    output: str | Path | None,
    form: Form,
    accepted: Collection[str],
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
    name = _text(path, config, "template" if "template" in config else "workbook")
    model, verification = _model(path, config, name, form, accepted)
    if "contract" in config:
        from xlcalc.contracts import refuse_breach  # few reports have one

        refuse_breach(model, folder / _text(path, config, "contract"))
    listed, scenarios_name, source = _scenarios(path, config, model)
    refuse_copy(model, listed.columns)
    model.refuse_to_change(listed.columns)
    columns = _names(path, config, "columns", _default_columns(config, name, model, listed.columns))
    store = store_at(output or _place(folder, _text(path, config, "output", "reports")))
    suffix = Path(name).suffix if "workbook" in config else ".xlsx"
    _refuse_to_overwrite(store, suffix, listed, (path, source, folder / name))
    guards, bases = read_guards(path, config.get("guards", {}), model, accepted)
    if bases and listed.lists:
        raise ConfigError(f"{path}: a guard with against cannot be where a list fills a table")
    for base in bases.values():
        base.take(listed.columns)
    named = [model.cell(column).name for column in columns]
    origin = origin_of(verification)
    charted = _text(path, config, "chart") if "chart" in config else _default_chart(model, guards)
    return ReportConfig(
        model=model,
        title=_text(path, config, "title", Path(name).stem.replace("_", " ").capitalize()),
        scenarios=listed,
        scenarios_name=scenarios_name,
        scenarios_file=source if source.is_file() else None,
        store=store,
        template_hash=_hash_of(model, dialect, origin),
        suffix=suffix,
        dialect=dialect,
        columns=tuple(named),
        charted=model.cell(charted).name if charted else charted,
        guards=guards,
        bases=bases,
        origin=origin,
        language=form.language or "en",
        verification=verification,
        accepted=tuple(accepted),
    )


def _model(
    path: Path, config: dict[str, Any], name: str, form: Form, accepted: Collection[str]
) -> tuple[WorkbookModel, Verification | None]:
    """Return the workbook of a report in a form that calculates: numbers are taken from it last."""
    live = Form("udf" if form.dialect == "values" else form.dialect, form.namespace, form.language)
    if "template" in config:
        label = f"the template {name}"
        return WorkbookModel(authored_template(name, live), label), None
    if form.language is not None:
        raise ConfigError(f"{path}: a language is chosen for a template, not for a workbook")
    file = path.parent / name
    package = convert_package(Package.read(file), live.dialect or DIALECT, live.namespace).package
    package.drop_chart_caches()
    model = WorkbookModel(package, str(file))
    return model, trusted(model, accepted)


def _hash_of(model: WorkbookModel, dialect: str, origin: Origin) -> str:
    """Return a hash of all that files follow from beside their scenarios.

    That is the workbook, its form, the catalogues, functions of others, the engines, the cells with
    which ours is not trusted, with their values, and the differences that a person accepted.
    """
    package = model.package
    untrusted = sorted(model.trust.untrusted)
    values = [(place, model.value_as_it_stands(place)) for place in untrusted]
    # For other inputs the other engines calculate these cells.
    others = [versioned(name) for name in ENGINES if package_is_here(name)] if untrusted else []
    functions = [fingerprint for _, fingerprint in known_functions()]
    decided = f"{origin.engine}{others}{values}{origin.accepted}{functions or ''}"
    known = hashlib.blake2b(f"{dialect}{catalogues().rows}{decided}".encode(), digest_size=16)
    for part in package.names():
        data = package.part(part)
        known.update(f"{part} {len(data)} ".encode() + data)
    return known.hexdigest()


def _scenarios(
    path: Path, config: dict[str, Any], model: WorkbookModel
) -> tuple[ScenarioList, str, Path]:
    """Return the scenarios, what to call their list, and its path; a frame has none."""
    pattern = _text(path, config, "name_template") if "name_template" in config else None
    labels = _names(path, config, "labels", [])
    locale = _text(path, config, "locale") if "locale" in config else None
    given = config.get("scenarios")
    rows = config.get("rows", {})
    if not isinstance(rows, dict):
        raise ConfigError(f'{path}: rows must be a table, as rows = {{ items = "items.csv" }}')
    lists = read_row_lists(model, rows, path.parent, lines_of, locale)
    if given is not None and not isinstance(given, str | Path):
        if locale is not None:
            raise ConfigError("a frame has numbers and dates; a locale is for files of texts")
        return (
            from_frame(
                *(given, model, pattern),
                labels=labels,
                row_lists=lists,
                pictures=_pictures(path, config, path.parent),
            ),
            "the frame",
            Path(),
        )
    named = given if isinstance(given, Path) else Path(_text(path, config, "scenarios"))
    piped = str(named) == "-"
    file = named if piped else path.parent / named
    pictures = _pictures(path, config, path.parent if piped else file.parent)
    listed = read_scenarios(file, model, pattern, labels, locale, lists, pictures)
    return listed, "the standard input" if piped else file.name, file


def _pictures(path: Path, config: dict[str, Any], folder: Path) -> PictureFiles:
    """Return which columns have pictures; their paths begin at the list's folder, or as told."""
    columns = config.get("pictures", {})
    if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
        raise ConfigError(f'{path}: pictures must be a table, as pictures = {{ logo = "column" }}')
    if "picture_folder" in config:
        folder = path.parent / _text(path, config, "picture_folder")
        if not columns:
            raise ConfigError(f"{path}: picture_folder is for pictures, and no column has some")
    if columns and not folder.is_dir():
        raise ConfigError(f"there is no folder {folder}")
    return PictureFiles(folder, columns)


def _names(path: Path, config: dict[str, Any], key: str, default: list[str]) -> list[str]:
    names = config.get(key, default)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{path}: {key} must be a list of names")
    return names


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
    written = ("summary.xlsx", "summary.md", "summary.csv", "errors.csv", ORIGIN, MANIFEST)
    files = (f"{scenario.stem}{suffix}" for scenario in scenarios)
    for name in chain(written, files):
        if folder / name in kept:
            raise ConfigError(
                f"the report would write over {store.path / name}, which it is made of"
            )


def _default_columns(
    config: Mapping[str, Any], name: str, model: WorkbookModel, given: Sequence[str]
) -> list[str]:
    """Return what a summary shows if it is not told.

    Of a template, the results that the report of its samples shows, and the inputs of the list;
    of any other workbook, all results.
    """
    sample = SAMPLES / f"{name}.toml"
    if "template" not in config or not sample.exists():
        return list(model.outputs or model.inputs)
    chosen = [one for one in read_toml(sample, ConfigError)["columns"] if one not in model.inputs]
    return [*chosen, *(one for one in given if one in model.inputs)]


def _default_chart(model: WorkbookModel, guards: tuple[Guard, ...]) -> str:
    """Return the result that a report draws if it is not told: a guarded one, or the total.

    Nothing where a workbook names no result.
    """
    numbers = [guard.name for guard in guards if not guard.allowed]
    if numbers:
        return numbers[0]
    return "total_cost" if "total_cost" in model.outputs else next(iter(model.outputs), "")


def _text(path: Path, config: dict[str, Any], key: str, default: str | None = None) -> str:
    value = config.get(key, default)
    if not isinstance(value, str) or not value:
        raise ConfigError(
            f"{path}: {key} must be a text" + ("" if key in config else ", and is missing")
        )
    if not is_writable(value):
        raise ConfigError(f"{path}: {key} has a character that no cell and no path can hold")
    return value
