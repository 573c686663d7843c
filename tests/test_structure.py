"""The structure that the modules keep to."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "xlcalc"
ORDER = """
_version
errors
quantities
plain_texts
files
ci_formats
confinement
zero_division
worksheet
catalogue.dates
catalogue.checks
catalogue.reader
catalogue.names
catalogue.rates
catalogue.grids
catalogue.prices
catalogue.quotes
catalogue.token_prices
catalogue.imports
catalogue.merging
catalogue
renames
functions.rounding
functions.training
functions.machines
functions.scaling
functions.tokens
functions.billing_rules
functions.images
functions.inference
functions.memory
functions.experts
functions.cost
functions.batches
functions.bills
functions.shapes
functions.networks
functions.failures
functions.tuning
functions.rates
functions.ranges
functions.retrieval
functions.footprint
functions.catalogue
functions
vba_words
plugins
registry
cell_values
cells
office_values
office_cards
com_values
terms
lambdas
formula_text
ooxml.literals
ooxml.positions
ooxml.markup
ooxml.sheet
ooxml.validations
ooxml.edits
ooxml.other_formats
ooxml.opening
ooxml.package
ooxml.tabs
ooxml.style_merging
ooxml.transplants
ooxml.archive
ooxml.minimal
ooxml.reduced
ooxml.stored_values
ooxml.spills
ooxml.data_tables
ooxml.names
ooxml.cell_styles
ooxml.dates
ooxml.tables
ooxml.row_moves
ooxml.blocks
ooxml.cell_sizes
ooxml.image_headers
ooxml.pictures
ooxml.row_places
ooxml.row_changes
ooxml.calculation
ooxml.comments
ooxml.properties
ooxml
calc.engines.files
calc.engines.interface
calc.engines.adapting
calc.engines.formualizer_adapter
calc.engines.betteroffice_adapter
calc.engines.ironcalc_adapter
calc.engines.formulon_adapter
calc.engines.local
calc.engines.worker
calc.engines.process
calc.engines
calc.arguments
calc.readable
calc.precision
calc.relative_names
calc.structured_references
calc.engine
calc.renamed_calls
calc.array_arguments
calc.lambda_calls
calc.inlining
calc.named_cells
calc.entries
calc.validation_rules
calc.read_ranges
calc.dependents
calc.iteration
calc.spilling
calc.evaluation
calc.rule_areas
calc.rule_formulas
calc.scratch_sheet
calc.rule_operands
calc.validations
calc.model
calc.filled_tables
calc.unread_inputs
calc.differences
calc.voices
calc.consensus
calc.verification
calc.witnesses
calc.ensemble
calc.single_formula
calc.recalculation
calc.origin
calc.vectorised.vectors
calc.vectorised.dates
calc.vectorised.rounding
calc.vectorised.syntax
calc.vectorised.references
calc.vectorised.arrays
calc.vectorised.subtotals
calc.vectorised.reading
calc.vectorised.calculation_order
calc.vectorised.nodes
calc.vectorised.lookups
calc.vectorised.functions
calc.vectorised.fallback
calc.vectorised.calls
calc.vectorised.building
calc.vectorised.compiled
calc.vectorised
calc.many
calc
contracts.domains
contracts.schema
contracts.breaches
contracts.sheetport
contracts
author.styles
author.number_formats
author.file_parts
author.book
author.chart_text
author.text_size
author.long_texts
author.printing
author.layout
author.charts
author
templates.parts.*
templates.training_budget.*
templates.inference_budget.*
templates.multimodal_data.*
templates.scaling_plan.*
templates.model_landscape.*
templates.context_and_experts.*
templates.gpu_tco.*
templates.compute_plan.*
templates.claims_audit.*
templates.function_library
templates
native.arguments
native.tracing
native.texts
native.lines
native.blocks
native.lookups
native.inline
native.sheet
native.formulas
native.names
native.conversion
native.changes
native.reading
native.way_back
native
function_pages
values_copy
dialects
build
frames
workbook
new_plugin
analysis.questions
analysis.bridge
analysis.sensitivities
analysis.goals
analysis.distributions
analysis.simulation
analysis
analysis_sheets.origin
analysis_sheets.frame
analysis_sheets.drawing
analysis_sheets.bridge
analysis_sheets.tornado
analysis_sheets.heat_map
analysis_sheets.goal
analysis_sheets.least
analysis_sheets.histogram
analysis_sheets
runs.results
runs.functions_elsewhere
runs.filling
runs.local_values
runs.run_names
runs.tolerances
runs.listed_rows
runs.row_lists
runs.picture_files
runs.scenarios
runs.bases
runs.guards
runs.stores
runs.manifest
runs.jobs
runs.file_forms
runs.workbook_writer
runs.rows_writer
runs.processes
runs.connection
runs.answers_elsewhere
runs.cluster
runs.csv_listing
runs.case_lists
runs.cases
runs.case_records
runs.case_reports
runs.summary
runs.summary_markdown
runs.summary_parts
runs.summary_columns
runs.summary_workbook
runs.config
runs.ci_reports
runs.leases
runs.ownership
runs.report
runs
focus.values
focus.mapping
focus.bill
focus.plan
focus.actuals
focus.writing
focus
printing
progress
gallery
hosts.own_functions
hosts.light_wheel
hosts.lite
hosts.calls
hosts.libreoffice.type_library
hosts.libreoffice.descriptions
hosts.libreoffice.library
hosts.libreoffice
hosts.windows.vba_texts
hosts.windows.vba_module
hosts.windows.vba_project
hosts.windows.installed
hosts.windows.intellisense
hosts.windows.conf_sheet
hosts.windows.code_names
hosts.windows.workbook
hosts.windows
hosts.names
hosts.doctor.excel_versions
hosts.doctor.formulas
hosts.doctor.called
hosts.doctor.workbook
hosts.doctor.mending
hosts.doctor.machine
hosts.doctor.programs
hosts.doctor.add_in
hosts.doctor.server_project
hosts.doctor.report
hosts.doctor
hosts
audit.findings
audit.workbook
audit.value_rules
audit.text_rules
audit.pattern_rules
audit.sum_rules
audit.total_rules
audit.lookup_rules
audit.formula_rules
audit.function_rules
audit.reference_rules
audit.circle_rules
audit.file_rules
audit.range_rules
audit.repair_rules
audit.format_rules
audit.sign_rules
audit.data_table_rules
audit.fallback_rules
audit.comparison
audit
audit.acceptance
audit.rendering
audit.annotation
audit.mending
differences.formulas
differences.alignment
differences.moves
differences.sides
differences.matching
differences.blocks
differences.changes
differences.gathering
differences.lines
differences.cells
differences.surroundings
differences.opening
differences.report
differences.explaining
differences.sameness
differences
differences.wording
differences.rendering
differences.side_by_side
differences.workbook
differences.plain_form
agents.folder
agents.commands
agents.server
agents
hosts.server
hosts.server.identifiers
hosts.server.descriptions
hosts.server.help_pages
hosts.server.web
hosts.server.start
hosts.server.project
cli.status
cli.completion
cli.streams
cli.limits
cli.saying
cli.differences
cli.options
cli.lazy
cli.printing
cli.check
cli.diff
cli.formulas
cli.workbooks
cli.recalc
cli.evaluate
cli.contracts
cli.analysis_words
cli.analysis_tables
cli.cases
cli.analysis_workbook
cli.analysis
cli.actuals
cli.agents
cli.runs
cli.plugins
cli.excel.lite
cli.excel.server
cli.excel.windows
cli.excel.libreoffice
cli.excel.names
cli.excel.doctor
cli.excel
cli
cli.guard
cli.__main__
__main__
"""
"""Every module from the ground up, a line each: it imports from lines above its own alone.

A package's own name is its `__init__`; `.*` is a folder whose modules have no order among them.
"""


def module_name(path: Path, package: Path) -> str:
    """Return the name of a module inside the package; the package itself has none."""
    parts = path.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def line_of(name: str, lines: list[str]) -> int | None:
    """Return the line of a module, by its own name or by that of a folder around it."""
    if name in lines:
        return lines.index(name)
    while name:
        if f"{name}.*" in lines:
            return lines.index(f"{name}.*")
        name = name.rpartition(".")[0]
    return None


def imported(tree: ast.AST):
    """Yield every module, or name of a module, that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def faults(package: Path, order: str) -> list[str]:
    """Return what is wrong with a package: modules without a line, imports upwards, dead lines."""
    lines = order.split()
    modules = {module_name(path, package): path for path in package.rglob("*.py")}
    found = []
    for line in lines:
        folder = line.removesuffix(".*")
        if folder not in modules or (line != folder and not (package / folder.replace(".", "/"))):
            found.append(f"{line} is no module")
    for name, path in sorted(modules.items()):
        if not name:
            continue
        own = line_of(name, lines)
        if own is None:
            found.append(f"{name} has no line")
            continue
        for target in imported(ast.parse(path.read_text(encoding="utf-8"))):
            parts = target.split(".")
            if parts[0] != package.name:
                continue
            read = ".".join(parts[1:])
            while read and read not in modules:
                read = read.rpartition(".")[0]
            other = line_of(read, lines) if read else None
            inside = other == own and lines[own].endswith(".*")
            if other is None or (other >= own and not inside):
                found.append(f"{name} imports {target}")
    return found


@pytest.mark.slow
def test_imports_go_one_way_and_every_module_has_its_line():
    assert [] == faults(PACKAGE, ORDER)


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("new.py", "", "new has no line"),
        ("room/new.py", "", "room.new has no line"),
        ("ground.py", "from house import top", "ground imports house.top"),
        ("ground.py", "from house.top import thing", "ground imports house.top.thing"),
        ("ground.py", "def f():\n    import house.top", "ground imports house.top"),
        ("ground.py", "from house import thing", "ground imports house.thing"),
        ("room/inner.py", "from house.top import thing", "room.inner imports house.top.thing"),
        ("free/a.py", "from house.top import thing", "free.a imports house.top.thing"),
        ("free/a.py", "from house.free import b", None),
        ("top.py", "from house.room.inner import thing", None),
    ],
)
def test_the_test_of_the_structure_sees_each_kind_of_fault(file, text, fault, tmp_path):
    house = tmp_path / "house"
    order = "ground room.inner room free.* top"
    for name in ("", "ground", "room/", "room/inner", "free/", "free/a", "free/b", "top"):
        path = house / (f"{name}__init__.py" if name.endswith("/") or not name else f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert [] == faults(house, order)
    assert ["gone is no module"] == faults(house, f"{order} gone")
    (house / file).write_text(text, encoding="utf-8")
    assert [fault] * (fault is not None) == faults(house, order)


ENGINES = {"betteroffice_xlsx", "formualizer", "formulon", "ironcalc", "wasmtime"}
MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_packages_stay_where_they_belong(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    packages = {name.partition(".")[0] for name in imported(tree)}
    place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert "xlwings" not in packages
    if place in {
        "functions",
        "quantities",
        "worksheet",
        "registry",
        "cells",
        "com_values",
        "catalogue",
    }:
        assert not packages & {"openpyxl", "click", "rich"}
    if place != "calc":
        assert not packages & ENGINES
    if place not in {"cli", "progress"}:
        assert not packages & {"click", "rich"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_a_docstring(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
