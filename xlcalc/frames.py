"""How does a table of any kind become columns, and columns a table of the same kind?

A table is a dict of columns, a list of dicts, or a data frame of a library that narwhals knows:
pandas, polars (a LazyFrame too) or pyarrow. Every row is a scenario.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcalc.errors import ScenarioError

Column = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class Table:
    """A table as columns.

    Attributes
    ----------
    columns : mapping of str to sequence
        The values of each column.
    count : int
        How many rows there are.
    like : callable
        Returns a table of the same kind with columns in the place of these and behind them.
    """

    columns: Mapping[str, Column]
    count: int
    like: Callable[[Mapping[str, Column]], Any]


def table(given: Any) -> Table:
    """Read a table.

    Raises
    ------
    ScenarioError
        If it is none, or its columns have different lengths.
    """
    if isinstance(given, Mapping):
        return _of_mapping(given)
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return _of_rows(given)
    return _of_frame(given)


def _of_mapping(given: Mapping[str, Any]) -> Table:
    """Return a dict of columns; a single value counts for every row."""
    lengths = {name: len(column) for name, column in given.items() if _is_column(column)}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ScenarioError(f"the columns have different lengths: {shown}")
    for name, column in given.items():
        if isinstance(column, np.ndarray) and column.ndim > 1:
            raise ScenarioError(f"a column has one dimension, {name} has {column.ndim}")
    count = next(iter(lengths.values()), 1)
    columns = {
        str(name): _listed(column) if name in lengths else [column] * count
        for name, column in given.items()
    }
    arrays = any(isinstance(column, np.ndarray) for column in given.values())

    def like(made: Mapping[str, Column]) -> dict[str, Any]:
        found = {**columns, **made}
        return {
            name: _array(column) if arrays else list(_plain(column))
            for name, column in found.items()
        }

    return Table(columns, count, like)


def _of_rows(given: Sequence[Any]) -> Table:
    for row in given:
        if not isinstance(row, Mapping):
            raise ScenarioError(f"a list of scenarios has a dict for each, got {row!r:.40}")
    names = list(dict.fromkeys(str(name) for row in given for name in row))
    columns = {name: [row.get(name) for row in given] for name in names}

    def like(made: Mapping[str, Column]) -> list[dict[str, Any]]:
        plain = {name: _plain(column) for name, column in made.items()}
        return [
            {**row, **{name: column[at] for name, column in plain.items()}}
            for at, row in enumerate(given)
        ]

    return Table(columns, len(given), like)


def _of_frame(given: Any) -> Table:
    import narwhals

    try:
        frame = narwhals.from_native(given)
        eager = frame.collect() if isinstance(frame, narwhals.LazyFrame) else frame
        columns = {name: _of_series(eager[name]) for name in eager.columns}
    except narwhals.exceptions.NarwhalsError as error:  # as a column that is there twice
        raise ScenarioError(f"the frame cannot be read: {' '.join(str(error).split())}") from None
    except TypeError:
        kind = type(given).__name__
        raise ScenarioError(
            f"scenarios are a dict of columns, a list of dicts or a data frame, got {kind}"
        ) from None
    lazy = isinstance(frame, narwhals.LazyFrame)

    def like(made: Mapping[str, Column]) -> Any:
        index = narwhals.maybe_get_index(eager)
        series = [
            narwhals.new_series(name, _typed(column), backend=eager.implementation)
            for name, column in made.items()
        ]
        if index is not None:
            series = [narwhals.maybe_set_index(one, index=index) for one in series]
        found = eager.with_columns(*series)
        return (found.lazy() if lazy else found).to_native()

    return Table(columns, len(eager), like)


def _of_series(series: Any) -> Column:
    """Return a column of a frame, numbers as an array in which nan stands for none."""
    if series.dtype.is_numeric() and not series.dtype.is_decimal():
        return np.asarray(series.to_numpy(), dtype=np.float64)
    return list(series.to_list())


def _typed(column: Column) -> Any:
    """Return a column that a frame gives one type: mixed values become texts."""
    if isinstance(column, np.ndarray):
        return column
    kinds = {type(value) for value in column if value is not None}
    if len(kinds) > 1:
        return [None if value is None else str(value) for value in column]
    return list(column)


def _array(column: Column) -> NDArray[Any]:
    """Return a column as an array, nan in the place of what has no value among numbers."""
    typed = _typed(column)
    if not isinstance(typed, np.ndarray) and {type(v) for v in typed} == {float, type(None)}:
        return np.array(typed, dtype=np.float64)
    return np.asarray(typed)


def _is_column(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str | bytes | Mapping)


def _listed(column: Any) -> Column:
    return column if isinstance(column, np.ndarray | list | tuple) else list(column)


def _plain(column: Column) -> Sequence[Any]:
    found: Sequence[Any] = column.tolist() if isinstance(column, np.ndarray) else column
    return found
