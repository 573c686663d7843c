"""Native workbooks in programs that people have: LibreOffice 7.4 and 25.2, and ONLYOFFICE.

Two inputs are changed. LibreOffice calculates files from which the stored values are taken out, and
saves them; into ONLYOFFICE the inputs are typed. Every cell must be what Python makes of the same
inputs in the workbook of the dialect udf.
"""

import functools
import os
import subprocess
from pathlib import Path

import pytest

from tests import onlyoffice
from tests.conftest import ROOT
from tests.marks import needs_libreoffice
from tests.test_native import NATIVE, alike
from tools.libreoffice import convert as in_libreoffice
from xlcalc.build import default_dialect
from xlcalc.calc.model import WorkbookModel
from xlcalc.dialects import convert as to_dialect
from xlcalc.ooxml.markup import cell_name, cell_position
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.stored_values import stored_values, without_stored_values

CHANGES = {
    "training_budget": {"tokens": 450e9, "mfu": 0.41},
    "inference_budget": {"prompt_tokens": 1234.0, "experts": 128.0},
    "multimodal_data": {"flops_per_param_token": 7.0, "image_2_width": 513.0},
    "scaling_plan": {"mfu": 0.37, "watts": 650.0},
    "model_landscape": {"gpu_memory_gb": 96.0},
    "context_and_experts": {"mfu": 0.31, "network_bandwidth": 40.0},
    "gpu_tco": {"utilisation": 0.875, "maintenance_share": 0.0375},
    "compute_plan": {"discount_rate": 0.125, "peak_factor": 2.5},
    "claims_audit": {"kimi_chars": 2000001.0, "bytes_per_token": 5.0},
    "function_library": {},
}
"""What is changed in each template, by the names of cells."""
FEW = ["gpu_tco", "training_budget"]
SETS = pytest.mark.parametrize(
    "names", [FEW, pytest.param(NATIVE, marks=pytest.mark.thorough)], ids=["few", "all"]
)
OF_25 = os.environ.get("XLCALC_LIBREOFFICE_25") or str(ROOT / ".ci-libreoffice")
NEWER = Path(OF_25) / "soffice25"
pytestmark = pytest.mark.slow


@functools.cache
def committed(name: str) -> WorkbookModel:
    data = (ROOT / "workbooks" / "native" / f"{name}.xlsx").read_bytes()
    return WorkbookModel(data, name)


@functools.cache
def expected(name: str) -> dict[str, dict[str, object]]:
    """Return what Python makes of the changed inputs, the workings included."""
    folder = ROOT / "workbooks"
    other = f"{name}.xlsx" if default_dialect(name) == "udf" else f"portable/{name}.xlsx"
    of_udf = WorkbookModel((folder / other).read_bytes(), name).evaluate(CHANGES[name]).cached
    of_native = committed(name).evaluate(CHANGES[name]).cached
    return {
        sheet: {
            cell_name(position): of_udf.get(sheet, {}).get(position, value)
            for position, value in values.items()
        }
        for sheet, values in of_native.items()
    }


def test_the_changes_are_for_every_workbook():
    assert NATIVE == sorted(CHANGES)


def bare(name: str, folder: Path) -> Path:
    """Write a workbook with changed inputs and without stored values."""
    model = committed(name)
    changed = model.to_package(model.evaluate(CHANGES[name]))
    path = folder / f"{name}.xlsx"
    path.write_bytes(without_stored_values(changed).to_bytes())
    return path


def disagreements(name: str, got) -> list[str]:
    return [
        f"{name} {sheet}!{cell}: Python {value!r}, not {got(sheet, cell)!r}"
        for sheet, cells in expected(name).items()
        for cell, value in cells.items()
        if not alike(value, got(sheet, cell))
    ]


def saved(path: Path):
    values = stored_values(Package(path.read_bytes(), path.name))
    return lambda sheet, cell: values[sheet].get(cell_position(cell))


@needs_libreoffice
@SETS
def test_libreoffice_gives_the_values_of_python(names, tmp_path):
    files = [bare(name, tmp_path) for name in names]
    made = in_libreoffice(files, "xlsx", tmp_path / "made")
    found = [text for name in names for text in disagreements(name, saved(made[name]))]
    assert [] == found
    # It writes numbers, TRUE and references in other ways, and is read back all the same.
    for name in names:
        data = (ROOT / "workbooks" / "native" / f"{name}.xlsx").read_bytes()
        back = to_dialect(made[name].read_bytes(), name, "udf")
        assert ((), to_dialect(data, name, "udf").functions) == (back.remarks, back.functions)


@pytest.mark.skipif(not NEWER.exists(), reason="LibreOffice 25.2 is not unpacked")
@SETS
def test_a_newer_libreoffice_gives_the_values_of_python(names, tmp_path):
    files = [str(bare(name, tmp_path)) for name in names]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    target = tmp_path / "made"
    subprocess.run(
        [NEWER, "--headless", profile, "--convert-to", "xlsx", "--outdir", target, *files],
        check=True,
        timeout=300,
        capture_output=True,
    )
    found = [text for name in names for text in disagreements(name, saved(target / f"{name}.xlsx"))]
    assert [] == found


def as_cells_have(value: object, wanted: object) -> object:
    """Return a value of ONLYOFFICE, which tells numbers and TRUE as texts, as a cell has it."""
    if isinstance(value, str) and isinstance(wanted, bool):
        return {"TRUE": True, "FALSE": False}.get(value.upper(), value)
    if isinstance(value, str) and isinstance(wanted, float):
        try:
            return float(value)
        except ValueError:
            return value
    return value


@pytest.mark.skipif(not onlyoffice.AVAILABLE, reason="document-builder is not installed")
@pytest.mark.parametrize(
    ("enter", "names"),
    [
        pytest.param(False, FEW, id="typed"),
        pytest.param(False, NATIVE, id="typed in all", marks=pytest.mark.thorough),
        # Entering each formula anew takes minutes in the larger workbooks.
        pytest.param(True, FEW, id="entered"),
    ],
)
def test_onlyoffice_gives_the_values_of_python(enter, names, tmp_path):
    jobs = []
    for name in names:
        cells = committed(name).inputs
        typed = [
            (cells[key].sheet, cell_name(cells[key].position), value)
            for key, value in CHANGES[name].items()
        ]
        file = bare(name, tmp_path) if enter else ROOT / "workbooks" / "native" / f"{name}.xlsx"
        jobs.append({"file": str(file), "typed": [] if enter else typed, "enter": enter})
    found = []
    for name, values in zip(names, onlyoffice.calculated(jobs, 500), strict=True):
        wanted = expected(name)
        found += disagreements(
            name,
            lambda sheet, cell, values=values, wanted=wanted: as_cells_have(
                values[sheet].get(cell), wanted[sheet][cell]
            ),
        )
    assert [] == found
