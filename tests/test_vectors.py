"""What always holds of the values of a cell in many scenarios."""

import itertools
import math

import numpy as np
import pytest

from tests.test_compiled import NUMBERS, WORDS, analysts_workbook
from tests.test_vectorised_functions import BOTH, CELLS, COLUMNS, VECTORS_ALONE, workbook
from xlcalc.calc.model import WorkbookModel
from xlcalc.calc.vectorised import vectors
from xlcalc.calc.vectorised.calls import KnownNode, OperationNode, OurNode
from xlcalc.calc.vectorised.compiled import VectorisedWorkbook
from xlcalc.calc.vectorised.fallback import FallbackNode
from xlcalc.calc.vectorised.nodes import Elementwise, Link
from xlcalc.calc.vectorised.vectors import NeedsEngine, Vector, vector
from xlcalc.cells import CellError

DIV0, NA = CellError("#DIV/0!"), CellError("#N/A")


def faults(found, shapes):
    """Yield what is wrong with a vector."""
    data, codes = found.data, found.codes
    if np.shape(data) not in shapes:
        yield f"shape {np.shape(data)}"
    if data.dtype not in {np.dtype(kind) for kind in (float, bool, object)}:
        yield f"dtype {data.dtype}"
    values = np.ravel(data).tolist()
    if not all(v is None or type(v) in {float, bool, str} for v in values):
        yield f"values {set(map(type, values))}"
    if not all(math.isfinite(v) for v in values if type(v) is float):
        yield "a number that is not finite"
    if codes is None:
        kinds = set(map(type, values))
    else:
        if codes.dtype != np.uint8:
            yield f"codes of dtype {codes.dtype}"
        if codes.shape != data.shape:
            yield f"codes of shape {codes.shape}"
        wrong = np.ravel(codes) != 0
        if not wrong.any():
            yield "codes without an error"
        filler = {"f": 0.0, "b": False, "O": ""}[data.dtype.kind]
        behind = {repr(v) for v, is_wrong in zip(values, wrong, strict=True) if is_wrong}
        if not behind <= {repr(filler)}:
            yield f"{behind} behind errors"
        kinds = {type(v) for v, is_wrong in zip(values, wrong, strict=True) if not is_wrong}
    if data.dtype == object and kinds in ({float}, {bool}):
        yield f"objects that are all {kinds}"


@pytest.fixture
def seen(monkeypatch):
    """Gather every vector that is made, and what every part of a formula gives."""
    made, given = [], []
    begin = Vector.__init__

    def noted(self, data, codes=None):
        begin(self, data, codes)
        made.append(self)

    monkeypatch.setattr(Vector, "__init__", noted)
    for kind in (OperationNode, KnownNode, OurNode, FallbackNode, Link):

        def run(self, values, count, run=kind.run):
            found = run(self, values, count)
            given.append((found, count))
            return found

        monkeypatch.setattr(kind, "run", run)

    def operands(self, values, count, operands=Elementwise.operands):
        rows = operands(self, values, count)
        given.extend((found, count) for row in rows for found in row)
        return rows

    monkeypatch.setattr(Elementwise, "operands", operands)
    return made, given


def check(seen, count):
    made, given = seen
    assert made
    assert given
    found = {fault for one in made for fault in faults(one, {(), (1,), (count,)})}
    for operand, length in given:
        if isinstance(operand, Vector):
            found |= set(faults(operand, {(length,)}))
        else:
            assert operand is None or type(operand) in {float, bool, str, CellError}
    assert set() == found


def test_every_vector_of_every_function_keeps_to_what_holds_of_vectors(seen):
    rows = list(itertools.product(NUMBERS, NUMBERS, (2.0, -1.5)))
    columns = {name: [row[place] for row in rows] for place, name in enumerate("abc")}
    columns["word"] = [WORDS[number % len(WORDS)] for number in range(len(rows))]
    columns["flag"] = [number % 3 == 0 for number in range(len(rows))]
    VectorisedWorkbook(WorkbookModel(analysts_workbook(), "mine"), columns).run(columns, len(rows))
    check(seen, len(rows))


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
def test_every_vector_of_references_and_lists_keeps_to_it_too(seen, count):
    columns = {name: column[:count] for name, column in COLUMNS.items()}
    for number, formula in enumerate((*BOTH, *VECTORS_ALONE)):
        if number % 3 == count % 3:
            model = workbook({**CELLS, "J9": formula})
            VectorisedWorkbook(model, columns).run(columns, count)
    check(seen, count)


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 2.0],
        [True, False],
        ["x", None],
        [1.0, "x", True, None],
        [DIV0, 1.0, NA],
        [DIV0, True],
        [NA, "x", 1.0],
        [DIV0, NA],
        [CellError("#FIELD!"), CellError("#BUSY!"), 1.0],
        [None, DIV0],
    ],
)
def test_cell_values_come_back_as_they_were(values):
    assert values == vector(values).cells()
    assert [] == list(faults(vector(values), {(len(values),)}))
    assert values[0] == vector(values).first()


def test_errors_hide_what_stands_behind_them():
    codes = np.array([0, vectors.NA, 0], np.uint8)
    for data, cells in (
        (np.array([1.0, 2.0, 3.0]), [1.0, NA, 3.0]),
        (np.array([True, True, False]), [True, NA, False]),
        (np.array(["x", "y", None], dtype=object), ["x", NA, None]),
        (np.array([1.0, "y", 3.0], dtype=object), [1.0, NA, 3.0]),
        (np.array([True, 2.0, False], dtype=object), [True, NA, False]),
    ):
        found = vectors.flagged(data, codes)
        assert cells == found.cells()
        assert [] == list(faults(found, {(3,)}))
    assert vectors.flagged(np.array([1.0]), np.array([0], np.uint8)).codes is None


def test_one_value_goes_for_all_scenarios():
    single = vectors.checked(3.0, np.array(vectors.DIV0, np.uint8))
    assert [DIV0, DIV0] == vectors.spread(single, 2).cells()
    assert [3.0, 3.0] == vectors.spread(vectors.checked(3.0, None), 2).cells()
    assert 3.0 == vectors.spread(3.0, 2)


def test_numbers_that_are_not_finite_are_errors_and_the_first_error_wins():
    data = np.array([math.inf, math.nan, -math.inf, 1.0])
    codes = np.array([vectors.NA, 0, 0, 0], np.uint8)
    num = CellError("#NUM!")
    assert [NA, num, num, 1.0] == vectors.checked(data, codes).cells()
    left, right = vector([DIV0, 1.0, 2.0]), vector([NA, NA, 3.0])
    assert [DIV0, NA, 5.0] == vectors.binary("+", left, right).cells()
    assert [NA, NA, 5.0] == vectors.binary("+", right, left).cells()


def test_an_operator_that_no_vector_knows_is_left_to_the_engine():
    for wrong in (lambda: vectors.binary("&", 1.0, 2.0), lambda: vectors.unary("#", 1.0)):
        with pytest.raises(NeedsEngine):
            wrong()


def test_the_value_of_one_scenario_is_read_with_its_error():
    found = vector([1.0, CellError("#N/A"), 3.0])
    assert [1.0, CellError("#N/A"), 3.0] == [found.at(row) for row in range(3)]
