"""What several test modules need."""

from pathlib import Path

import pytest

from xlcalc import templates
from xlcalc.workbook.model import WorkbookModel

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def template() -> bytes:
    """The training budget, freshly built."""
    return templates.build("training_budget")


@pytest.fixture
def model(template: bytes) -> WorkbookModel:
    return WorkbookModel(template, "budget.xlsx")


@pytest.fixture
def budget(template: bytes, tmp_path: Path) -> Path:
    """The training budget as a file of its own."""
    path = tmp_path / "budget.xlsx"
    path.write_bytes(template)
    return path
