"""What several test modules need."""

import os
from pathlib import Path

import pytest

from tests.built import built, share
from xlcalc import catalogue
from xlcalc.calc.model import WorkbookModel

# A team's own catalogue and functions on this machine are none of the tests' business.
os.environ.pop(catalogue.VARIABLE, None)
os.environ.pop("XLCALC_FUNCTIONS", None)

ROOT = Path(__file__).parent.parent
HEAVY = (
    *("edited_workbooks", "workbooks", "gallery", "texts", "stores", "cluster", "batch", "lite"),
    "hosts",
)
"""Files of tests that take long: they begin first, so that no core waits for one at the end."""


THOROUGH = {"test_native.py", "test_currency.py"}
"""Files whose slow tests try on every function or template what a quick one tries on some."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the thorough tests, which are slow; the heavy files first, others in their order."""
    for item in items:
        if item.path.name in THOROUGH and item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.thorough)
        if item.get_closest_marker("thorough"):
            item.add_marker(pytest.mark.slow)
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(HEAVY)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))


@pytest.fixture(scope="session", autouse=True)
def _shared(tmp_path_factory):
    share(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def template() -> bytes:
    """The training budget, freshly built."""
    return built("training_budget")


@pytest.fixture
def model(template: bytes) -> WorkbookModel:
    return WorkbookModel(template, "budget.xlsx")


@pytest.fixture
def budget(template: bytes, tmp_path: Path) -> Path:
    """The training budget as a file of its own."""
    path = tmp_path / "budget.xlsx"
    path.write_bytes(template)
    return path
