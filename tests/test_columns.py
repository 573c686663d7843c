"""Columns of tables: what the file says of them, and what a mistake in it is called."""

import pytest

from xlcalc.templates.parts import columns as parts
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.records import TableError

HEADER = "table,key,heading,formula,format,quantity,marks\n"


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return the columns of a template `own` that may be written."""
    monkeypatch.setattr(parts, "_FOLDER", tmp_path)
    parts._tables.cache_clear()
    (tmp_path / "own").mkdir()
    yield tmp_path / "own" / "columns.csv"
    parts._tables.cache_clear()


def test_a_column_has_a_formula_or_what_the_caller_gives(file):
    rows = "fleet,gpus,GPUs\\nowned,,count,gpus,input\nfleet,cost,Cost,{gpus}*price,money,,\n"
    file.write_text(HEADER + rows)
    gpus, cost = columns("own", "fleet", gpus=[8, 16])
    assert ("gpus", "GPUs\nowned", [8, 16]) == (gpus.key, gpus.heading, gpus.content)
    assert gpus.measure is not None
    assert (True, False) == (gpus.editable, cost.editable)
    assert "={gpus}*price" == cost.content


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("fleet,gpus,GPUs,,,,", "either the table or its caller has the content"),
        ("fleet,cost,Cost,(1+2,,,", "a bracket does not close"),
        ("fleet,cost,Cost,TRAIN_FLOP(1),,,", "there is no function TRAIN_FLOP"),
        ("fleet,cost,Cost,1,,no_such,", 'there is no quantity "no_such"'),
        ("fleet,cost,Cost,1,,,bold", 'there is no mark "bold"; there are: input, words, literal'),
        ("fleet,,Cost,1,,,", "key is empty"),
        ("fleet,cost", "2 cells, not 7"),
    ],
)
def test_a_column_that_cannot_be_read_is_named_with_its_line(row, sentence, file):
    file.write_text(HEADER + row + "\n")
    with pytest.raises(TableError, match=r"^own/columns\.csv, line 2: ") as found:
        columns("own", "fleet")
    assert sentence in str(found.value)


def test_a_content_that_no_column_takes_is_refused(file):
    file.write_text(HEADER + "fleet,cost,Cost,1,,,\n")
    with pytest.raises(KeyError, match="the table fleet of own has no column price"):
        columns("own", "fleet", price=[1])
